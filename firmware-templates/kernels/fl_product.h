/* MUL of two elements. RAM: none. */
#ifndef FL_PRODUCT_H
#define FL_PRODUCT_H

#include "fl_kernels.h"
#include "fl_output.h"

static inline int32_t fl_unclamped_product(const fl_mul *mul, int32_t first, int32_t second) {
  const int32_t product = (first - mul->first_zero) * (second - mul->second_zero);
  return fl_wrapping_add(fl_requantize(product, mul->multiplier, mul->shift), mul->output_zero);
}

static inline int8_t fl_product(const fl_mul *mul, int32_t first, int32_t second) {
  return (int8_t)fl_clamp(fl_unclamped_product(mul, first, second), mul->low, mul->high);
}

#endif
