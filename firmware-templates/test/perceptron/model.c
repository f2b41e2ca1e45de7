#include "fl_model.h"

enum { CLASSES = FL_MODEL_CLASSES, INPUTS = FL_MODEL_INPUT_BYTES, WEIGHTS_AT = 16, BIASES_AT = 112, HEAD_AT = 64 };

const fl_variable fl_model_variables[FL_MODEL_VARIABLES] = {
    {WEIGHTS_AT, HEAD_AT, CLASSES *INPUTS, FL_VARIABLE_HEAD, 1, 1, CLASSES *INPUTS, CLASSES *INPUTS, 0},
    {BIASES_AT, HEAD_AT + CLASSES * INPUTS, CLASSES, FL_VARIABLE_BIAS, 1, 1, CLASSES, CLASSES, 0}};

static int32_t *logits_of(uint8_t *arena) { return (int32_t *)(void *)arena; }
static int16_t *weights_of(uint8_t *arena) { return (int16_t *)(void *)(arena + WEIGHTS_AT); }
static int32_t *biases_of(uint8_t *arena) { return (int32_t *)(void *)(arena + BIASES_AT); }

void fl_model_forward(uint8_t *arena, const uint8_t *parameters, const int8_t *input) {
  (void)parameters;
  for (uint32_t k = 0; k < CLASSES; k++) {
    int32_t sum = biases_of(arena)[k] >> FL_BIAS_FRACTION;
    for (uint32_t i = 0; i < INPUTS; i++) sum += weights_of(arena)[k * INPUTS + i] * input[i];
    logits_of(arena)[k] = sum;
  }
}

/* How far the label is behind; what is to be learned is left behind the biases. */
int32_t fl_model_loss(uint8_t *arena, uint32_t label) {
  const int32_t *logits = fl_model_logits(arena);
  biases_of(arena)[CLASSES] = (int32_t)label;
  return logits[fl_model_predict(arena)] - logits[label];
}

void fl_model_backward(uint8_t *arena, const uint8_t *parameters, const int8_t *input, const fl_step *step) {
  (void)parameters;
  const uint32_t label = (uint32_t)biases_of(arena)[CLASSES];
  const uint32_t guess = fl_model_predict(arena);
  if (guess == label || step->head.mantissa == 0) return;
  for (uint32_t i = 0; i < INPUTS; i++) {
    int16_t *right = &weights_of(arena)[label * INPUTS + i];
    int16_t *wrong = &weights_of(arena)[guess * INPUTS + i];
    if (*right < 8000 && *right > -8000) *right = (int16_t)(*right + input[i] / 8);
    if (*wrong < 8000 && *wrong > -8000) *wrong = (int16_t)(*wrong - input[i] / 8);
  }
}
