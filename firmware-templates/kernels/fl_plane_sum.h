/* The sum over one channel of a gradient. Header only. RAM: none. Flash: where used, 2 kernels. */
#ifndef FL_PLANE_SUM_H
#define FL_PLANE_SUM_H

#include "fl_kernels.h"

#if FL_DSP_GRADIENTS
#include "fl_dsp.h"
#endif

static inline int32_t fl_plane_sum(const fl_mantissa *plane, int32_t pixels) {
  int32_t sum = 0, p = 0;
#if FL_DSP_GRADIENTS
  const int32_t ones = 0x10001;
  for (; p + 7 < pixels; p += 8) {
    sum = fl_pair_product_add(fl_load_word(plane + p), ones, sum);
    sum = fl_pair_product_add(fl_load_word(plane + p + 2), ones, sum);
    sum = fl_pair_product_add(fl_load_word(plane + p + 4), ones, sum);
    sum = fl_pair_product_add(fl_load_word(plane + p + 6), ones, sum);
  }
#endif
  for (; p < pixels; p++) sum += plane[p];
  return sum;
}

#endif
