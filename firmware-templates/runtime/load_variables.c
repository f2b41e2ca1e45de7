#include "fl_start.h"

#if FL_MODEL_TRAINS

static void load(uint8_t *arena, const uint8_t *parameters, const fl_variable *variable) {
  for (uint32_t i = 0; i < variable->count; i++) {
    const int32_t start = fl_start_value(parameters, variable, i);
    if (variable->kind == FL_VARIABLE_WEIGHTS) {
      fl_s8(arena, variable->arena_offset)[i] = (int8_t)start;
    } else if (variable->kind == FL_VARIABLE_HEAD) {
      fl_s16(arena, variable->arena_offset)[i] = (int16_t)start;
    } else {
      fl_s32(arena, variable->arena_offset)[i] = start;
    }
  }
}

void fl_model_load(uint8_t *arena, const uint8_t *parameters) {
  for (uint32_t v = 0; v < FL_MODEL_VARIABLES; v++) load(arena, parameters, &fl_model_variables[v]);
}

#endif
