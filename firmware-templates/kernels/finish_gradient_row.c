#include "fl_plain.h"
#include <stddef.h>

#include "fl_kernels.h"
#include "fl_skip.h"

/* Zeroes what the clamp cut off. */
static void apply_mask(int32_t *row, int32_t channel, const uint8_t *mask, const fl_gradient *output) {
  for (int32_t p = 0; p < output->pixels; p++) {
    if (!fl_mask_bit(mask, p * output->channels + channel)) row[p] = 0;
  }
}

void fl_finish_gradient_row(int32_t *row, int32_t channel, int32_t exponent, const fl_gradient_rules *rules,
                            const fl_gradient *output) {
  const int32_t row_exponent = rules->skip == NULL ? exponent : fl_add_skip(row, channel, exponent, rules);
  if (rules->mask != NULL) apply_mask(row, channel, rules->mask, output);
  uint32_t largest = 0;
  for (int32_t p = 0; p < output->pixels; p++) {
    const uint32_t magnitude = fl_magnitude(row[p]);
    largest = magnitude > largest ? magnitude : largest;
  }
  const int32_t shift = fl_shift_to_fit(largest, rules->mantissa_bits);
  for (int32_t p = 0; p < output->pixels; p++) output->mantissas[p] = (fl_mantissa)fl_round_shift(row[p], shift);
  output->exponents[0] = (int16_t)(largest == 0 ? FL_NO_EXPONENT : row_exponent + shift);
}
