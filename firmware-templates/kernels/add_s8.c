#include "fl_plain.h"
#include <stddef.h>

#include "fl_kernels.h"
#include "fl_mask_fill.h"
#include "fl_sum.h"

void fl_add_s8(const fl_add *add, int32_t count, const int8_t *first, const int8_t *second, int8_t *output, uint8_t *mask) {
  fl_mask_fill(mask, count);
  for (int32_t i = 0; i < count; i++) {
    const int32_t value = fl_sum_output(add, fl_sum_first(add, first[i]) + fl_sum_second(add, second[i]));
    const int32_t clamped = fl_clamp(value, add->low, add->high);
    output[i] = (int8_t)clamped;
    if (clamped != value && mask != NULL) fl_mask_clear(mask, i);
  }
}
