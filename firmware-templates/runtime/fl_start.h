/* What trained copies start from (N1). RAM: none. Flash: where used, twice in a program that trains. */
#ifndef FL_START_H
#define FL_START_H

#include "fl_access.h"
#include "fl_model.h"

#if FL_MODEL_TRAINS

enum { FL_HEAD_FRACTION = 4 };

/* A frozen channel's bias never moves: it is held whole, whatever it is. */
static inline int32_t fl_start_bias(const uint8_t *parameters, const fl_variable *variable, uint32_t channel) {
  const int32_t stored = fl_const_s32(parameters, variable->parameter_offset)[channel];
  const int32_t is_whole =
      variable->frozen_offset != 0 && fl_mask_bit(parameters + variable->frozen_offset, (int32_t)channel);
  const int32_t limit = FL_BIAS_LIMIT >> FL_BIAS_FRACTION;
  return is_whole ? stored : fl_saturate(stored, limit) * (1 << FL_BIAS_FRACTION);
}

/* The start value of the element that is stored at `index`. */
static inline int32_t fl_start_value(const uint8_t *parameters, const fl_variable *variable, uint32_t index) {
  if (variable->kind == FL_VARIABLE_BIAS) return fl_start_bias(parameters, variable, index);
  const int32_t stored = fl_const_s8(parameters, variable->parameter_offset)[fl_start_index(variable, index)];
  return variable->kind == FL_VARIABLE_HEAD ? stored * (1 << FL_HEAD_FRACTION) : fl_saturate(stored, FL_WEIGHT_LIMIT);
}

#endif

#endif
