#include "fl_access.h"
#include "fl_model.h"

#if FL_MODEL_TRAINS

enum { HEAD_ONE = 16, BIAS_ONE = 256 };

/* Biases that do not fit (dead channels, which are frozen) are saturated. */
static int32_t start_bias(int32_t stored) {
  const int32_t limit = FL_BIAS_LIMIT / BIAS_ONE;
  return fl_saturate(stored, limit) * BIAS_ONE;
}

static void load(uint8_t *arena, const uint8_t *parameters, const fl_variable *variable) {
  const int8_t *narrow = fl_const_s8(parameters, variable->parameter_offset);
  for (uint32_t i = 0; i < variable->count; i++) {
    if (variable->kind == FL_VARIABLE_WEIGHTS) {
      fl_s8(arena, variable->arena_offset)[i] = narrow[fl_start_index(variable, i)];
    } else if (variable->kind == FL_VARIABLE_HEAD) {
      fl_s16(arena, variable->arena_offset)[i] = (int16_t)(narrow[i] * HEAD_ONE);
    } else {
      fl_s32(arena, variable->arena_offset)[i] = start_bias(fl_const_s32(parameters, variable->parameter_offset)[i]);
    }
  }
}

void fl_model_load(uint8_t *arena, const uint8_t *parameters) {
  for (uint32_t v = 0; v < FL_MODEL_VARIABLES; v++) load(arena, parameters, &fl_model_variables[v]);
}

#endif
