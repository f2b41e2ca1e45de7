#include <stddef.h>

#include "fl_kernels.h"
#include "fl_mask_fill.h"

enum { LEFT_SHIFT = 20 };

void fl_add_s8(const fl_add *add, int32_t count, const int8_t *first, const int8_t *second, int8_t *output, uint8_t *mask) {
  fl_mask_fill(mask, count);
  for (int32_t i = 0; i < count; i++) {
    const int32_t a = (first[i] - add->first_zero) * (1 << LEFT_SHIFT);
    const int32_t b = (second[i] - add->second_zero) * (1 << LEFT_SHIFT);
    const int32_t sum = fl_requantize(a, add->first_multiplier, add->first_shift) +
                        fl_requantize(b, add->second_multiplier, add->second_shift);
    const int32_t value = fl_requantize(sum, add->output_multiplier, add->output_shift) + add->output_zero;
    const int32_t clamped = value < add->low ? add->low : value > add->high ? add->high : value;
    output[i] = (int8_t)clamped;
    if (clamped != value && mask != NULL) fl_mask_clear(mask, i);
  }
}
