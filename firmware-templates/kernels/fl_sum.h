/* ADD and SUB (N2): both operands brought to one scale with 20 more bits, then to the output's. RAM: none. */
#ifndef FL_SUM_H
#define FL_SUM_H

#include "fl_kernels.h"
#include "fl_output.h"

enum { FL_SUM_LEFT_SHIFT = 20 };

static inline int32_t fl_sum_first(const fl_add *add, int32_t value) {
  return fl_requantize((value - add->first_zero) * (1 << FL_SUM_LEFT_SHIFT), add->first_multiplier, add->first_shift);
}

static inline int32_t fl_sum_second(const fl_add *add, int32_t value) {
  return fl_requantize((value - add->second_zero) * (1 << FL_SUM_LEFT_SHIFT), add->second_multiplier, add->second_shift);
}

/* Before the clamp. */
static inline int32_t fl_sum_output(const fl_add *add, int32_t sum) {
  return fl_requantize(sum, add->output_multiplier, add->output_shift) + add->output_zero;
}

#endif
