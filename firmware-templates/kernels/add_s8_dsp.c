#include "fl_small.h"
#include "fl_kernels.h"
#if FL_DSP
#include <stddef.h>

#include "fl_mask_fill.h"
#include "fl_scale_dsp.h"
#include "fl_sum.h"

void fl_add_plain(const fl_add *add, int32_t count, const int8_t *first, const int8_t *second, int8_t *output, uint8_t *mask);

/* An operand: x - zero with 20 more bits is x * 2^20 - `zero`. */
typedef struct {
  int32_t zero;
  fl_scale scale;
} fl_operand;

/* With 20 more bits. */
static FL_INLINE int32_t raised(int32_t value, fl_operand by) { return value * (1 << FL_SUM_LEFT_SHIFT) - by.zero; }

/* The operand with the larger scale is only halved: its shift is 0. The other one's scale, and the sum's. */
typedef struct {
  fl_operand first, second;
  fl_scale sum;
} fl_scales;

static __attribute__((noinline)) void add_all(const fl_scales *own, int32_t count, const int8_t *first, const int8_t *second,
                                              int8_t *output, uint8_t *mask) {
  const fl_scales by = *own;
  for (int32_t i = 0; i < count; i++) {
    const int32_t larger = raised(first[i], by.first), smaller = raised(second[i], by.second);
    const int32_t whole = fl_rounded_high_product_add(larger, by.first.scale.multiplier, larger);
    const int32_t value = fl_scaled(whole + fl_scaled(smaller, by.second.scale), by.sum);
    const int32_t clamped = fl_saturated_byte(value);
    output[i] = (int8_t)clamped;
    if (clamped != value && mask != NULL) fl_mask_clear(mask, i);
  }
}

static FL_INLINE fl_operand operand_of(int32_t zero, int32_t multiplier, int32_t shift) {
  return (fl_operand){zero * (1 << FL_SUM_LEFT_SHIFT), fl_scale_of(multiplier, shift, 0)};
}

/* One operand with a shift of 0, the other and the sum with shifts to the right. */
static int32_t is_common(const fl_add *a) {
  const int32_t first = a->first_shift, second = a->second_shift;
  const int32_t has_scales = fl_has_scale(a->first_multiplier, first < 0 ? first : -1) &&
                             fl_has_scale(a->second_multiplier, second < 0 ? second : -1) &&
                             fl_has_scale(a->output_multiplier, a->output_shift);
  return has_scales && (first == 0 ? second < 0 : first < 0 && second == 0) && a->low == INT8_MIN && a->high == INT8_MAX;
}

void fl_add_s8(const fl_add *add, int32_t count, const int8_t *first, const int8_t *second, int8_t *output, uint8_t *mask) {
  if (!is_common(add)) {
    fl_add_plain(add, count, first, second, output, mask);
    return;
  }
  fl_mask_fill(mask, count);
  const int32_t is_turned = add->second_shift == 0;
  const fl_operand whole = is_turned ? operand_of(add->second_zero, add->second_multiplier, -1)
                                     : operand_of(add->first_zero, add->first_multiplier, -1);
  const fl_operand other = is_turned ? operand_of(add->first_zero, add->first_multiplier, add->first_shift)
                                     : operand_of(add->second_zero, add->second_multiplier, add->second_shift);
  const fl_scales by = {whole, other, fl_scale_of(add->output_multiplier, add->output_shift, add->output_zero)};
  add_all(&by, count, is_turned ? second : first, is_turned ? first : second, output, mask);
}

#endif
