#include "fl_dsp.h"
#include "fl_dsp_kernels.h"

/* Constants are copied, because a stored byte could be part of them for all the compiler knows. */
void fl_add_dsp(const fl_dsp_sum *sum, int32_t count, const int8_t *first, const int8_t *second, int8_t *output) {
  const fl_dsp_sum by = *sum;
  const int8_t *end = output + count;
#pragma GCC unroll 4
  while (output != end) {
    const int32_t value = *first++ * by.first + *second++ * by.second + by.addend;
    *output++ = (int8_t)fl_saturated_byte(value >> by.shift);
  }
}
