/* fl_model_backward and fl_model_saturated for hosts, which cannot pass structures: words stand for them. */
#include "fl_model.h"

#if FL_MODEL_TRAINS

/* Rates are mantissa | exponent << 16. */
void fl_wasm_backward(uint8_t *arena, const uint8_t *parameters, const int8_t *input, const uint32_t step[5]);

static fl_rate unpacked(uint32_t word) { return (fl_rate){(uint16_t)(word & 0xffffu), (int8_t)(word >> 16)}; }

void fl_wasm_backward(uint8_t *arena, const uint8_t *parameters, const int8_t *input, const uint32_t step[5]) {
  const fl_step asked = {.seed = step[0],
                         .index = step[1],
                         .weights = unpacked(step[2]),
                         .bias = unpacked(step[3]),
                         .head = unpacked(step[4])};
  fl_model_backward(arena, parameters, input, &asked);
}

/* Weights, head weights, biases. */
void fl_wasm_saturated(const uint8_t *arena, const uint8_t *parameters, uint32_t counts[3]);

void fl_wasm_saturated(const uint8_t *arena, const uint8_t *parameters, uint32_t counts[3]) {
  const fl_saturated saturated = fl_model_saturated(arena, parameters);
  counts[0] = saturated.weights;
  counts[1] = saturated.head_weights;
  counts[2] = saturated.biases;
}

#endif
