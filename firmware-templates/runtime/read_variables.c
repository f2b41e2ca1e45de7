/*
 * States and deltas as byte streams, any part of them at a time: a device sends them in pieces and never holds a copy.
 * Stack: below 64 bytes.
 */
#include <stddef.h>

#include "fl_start.h"

#if FL_MODEL_TRAINS

/* Bytes of one element, by kind of variable. */
static const uint8_t state_width[] = {1, 2, 4};
static const uint8_t delta_width[] = {2, 2, 4};

/* Where the element with canonical index `index` (OIHW) is stored. */
static uint32_t storage_index(const fl_variable *variable, uint32_t index) {
  const uint32_t taps = variable->taps;
  const uint32_t tap = index % taps;
  const uint32_t input = index / taps % variable->inputs;
  const uint32_t output = index / taps / variable->inputs;
  return (output * taps + tap) * variable->inputs + input;
}

static int32_t value_now(const uint8_t *arena, const fl_variable *variable, uint32_t index) {
  if (variable->kind == FL_VARIABLE_WEIGHTS) return fl_const_s8(arena, variable->arena_offset)[index];
  if (variable->kind == FL_VARIABLE_HEAD) return fl_const_s16(arena, variable->arena_offset)[index];
  return fl_const_s32(arena, variable->arena_offset)[index];
}

/* N12: weights as they are, head in 1/16 LSB, biases rounded to whole LSB, each minus its start value. */
static int32_t value_moved(const uint8_t *arena, const uint8_t *parameters, const fl_variable *variable, uint32_t index) {
  const int32_t now = value_now(arena, variable, index);
  const int32_t start = fl_start_value(parameters, variable, index);
  if (variable->kind != FL_VARIABLE_BIAS) return now - start;
  return fl_round_shift(now, FL_BIAS_FRACTION) - fl_round_shift(start, FL_BIAS_FRACTION);
}

/* parameters: NULL for the state, the parameter image for the delta. */
static void read(const uint8_t *arena, const uint8_t *parameters, uint32_t offset, uint8_t *out, uint32_t count) {
  const uint8_t *widths = parameters == NULL ? state_width : delta_width;
  uint32_t begin = 0; /* of the variable in the stream */
  for (uint32_t v = 0; v < FL_MODEL_VARIABLES && count > 0; v++) {
    const fl_variable *variable = &fl_model_variables[v];
    const uint32_t width = widths[variable->kind];
    const uint32_t end = begin + width * variable->count;
    while (offset < end && count > 0) {
      const uint32_t index = storage_index(variable, (offset - begin) / width);
      const int32_t value = parameters == NULL ? value_now(arena, variable, index)
                                               : value_moved(arena, parameters, variable, index);
      for (uint32_t byte = (offset - begin) % width; byte < width && count > 0; byte++, offset++, count--) {
        *out++ = (uint8_t)((uint32_t)value >> (8 * byte));
      }
    }
    begin = end;
  }
}

void fl_model_read_state(const uint8_t *arena, uint32_t offset, uint8_t *out, uint32_t count) {
  read(arena, NULL, offset, out, count);
}

void fl_model_read_delta(const uint8_t *arena, const uint8_t *parameters, uint32_t offset, uint8_t *out, uint32_t count) {
  read(arena, parameters, offset, out, count);
}

/* Of one variable. */
static uint32_t at_their_end(const uint8_t *arena, const uint8_t *parameters, const fl_variable *variable) {
  static const int32_t limits[] = {FL_WEIGHT_LIMIT, FL_HEAD_LIMIT, FL_BIAS_LIMIT};
  const int32_t limit = limits[variable->kind];
  uint32_t count = 0;
  for (uint32_t i = 0; i < variable->count; i++) {
    const int32_t now = value_now(arena, variable, i);
    if ((now == limit || now == -limit) && now != fl_start_value(parameters, variable, i)) count++;
  }
  return count;
}

fl_saturated fl_model_saturated(const uint8_t *arena, const uint8_t *parameters) {
  uint32_t counts[] = {0, 0, 0}; /* by kind */
  for (uint32_t v = 0; v < FL_MODEL_VARIABLES; v++) {
    counts[fl_model_variables[v].kind] += at_their_end(arena, parameters, &fl_model_variables[v]);
  }
  return (fl_saturated){counts[FL_VARIABLE_WEIGHTS], counts[FL_VARIABLE_HEAD], counts[FL_VARIABLE_BIAS]};
}

#endif
