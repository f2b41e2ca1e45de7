#include "library/@name@.h"
#include "fl_model.h"
#include "fl_parameters.h"

void @name@_load(uint8_t *arena) { fl_model_load(arena, @NAME@_PARAMETERS); }

void @name@_run(uint8_t *arena, const @inputType@ *input) { fl_model_forward(arena, @NAME@_PARAMETERS, (const int8_t *)input); }

uint32_t @name@_predict(const uint8_t *arena) { return fl_model_predict(arena); }

const int32_t *@name@_logits(const uint8_t *arena) { return (const int32_t *)fl_model_logits(arena); }

int32_t @name@_loss(uint8_t *arena, uint32_t label) {
  return label < FL_MODEL_LABELS ? fl_model_loss(arena, label) : @NAME@_BAD_LABEL;
}

static fl_rate rate_of(@name@_rate rate) { return (fl_rate){rate.mantissa, rate.exponent}; }

int32_t @name@_train_step(uint8_t *arena, const @inputType@ *input, uint32_t label, uint32_t seed, uint32_t step,
                          const @name@_rates *rates) {
  if (label >= FL_MODEL_LABELS) return @NAME@_BAD_LABEL;
  const fl_step update = {.seed = seed,
                          .index = step,
                          .weights = rate_of(rates->weights),
                          .bias = rate_of(rates->bias),
                          .head = rate_of(rates->head)};
  fl_model_forward(arena, @NAME@_PARAMETERS, (const int8_t *)input);
  const int32_t loss = fl_model_loss(arena, label);
  fl_model_backward(arena, @NAME@_PARAMETERS, (const int8_t *)input, &update);
  return loss;
}

void @name@_read_state(const uint8_t *arena, uint32_t offset, uint8_t *out, uint32_t count) {
  fl_model_read_state(arena, offset, out, count);
}

void @name@_read_delta(const uint8_t *arena, uint32_t offset, uint8_t *out, uint32_t count) {
  fl_model_read_delta(arena, @NAME@_PARAMETERS, offset, out, count);
}

/* Where the element with canonical index `index` (OIHW) is stored. */
static uint32_t place_of(const fl_variable *variable, uint32_t index) {
  const uint32_t tap = index % variable->taps;
  const uint32_t filter = index / variable->taps; /* output * inputs + input */
  const uint32_t output = filter / variable->inputs;
  return (output * variable->taps + tap) * variable->inputs + filter % variable->inputs;
}

/* The inverse of fl_model_read_state. Cores are little-endian, as the stream is. */
void @name@_write_state(uint8_t *arena, uint32_t offset, const uint8_t *bytes, uint32_t count) {
  uint32_t begin = 0; /* of the variable in the stream */
  for (uint32_t v = 0; v < FL_MODEL_VARIABLES; v++) {
    const fl_variable *variable = &fl_model_variables[v];
    const uint32_t width = variable->kind == FL_VARIABLE_WEIGHTS ? 1 : variable->kind == FL_VARIABLE_HEAD ? 2 : 4;
    const uint32_t end = begin + width * variable->count;
    for (; offset < end && count > 0; offset++, count--) {
      const uint32_t at = offset - begin;
      arena[variable->arena_offset + place_of(variable, at / width) * width + at % width] = *bytes++;
    }
    begin = end;
  }
}

@parameters_fit@
