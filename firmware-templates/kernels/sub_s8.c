#include "fl_kernels.h"
#include "fl_sum.h"

void fl_sub_s8(const fl_add *sub, int32_t count, const int8_t *first, const int8_t *second, int8_t *output) {
  for (int32_t i = 0; i < count; i++) {
    const int32_t value = fl_sum_output(sub, fl_sum_first(sub, first[i]) - fl_sum_second(sub, second[i]));
    output[i] = (int8_t)fl_clamp(value, sub->low, sub->high);
  }
}
