#include <stddef.h>

#include "fl_gradients.h"

enum { SUM_BITS = 15, RATIO_FRACTION = 15 };

static uint32_t largest_magnitude(const int32_t *row, int32_t pixels) {
  uint32_t largest = 0;
  for (int32_t p = 0; p < pixels; p++) {
    const uint32_t magnitude = fl_magnitude(row[p]);
    largest = magnitude > largest ? magnitude : largest;
  }
  return largest;
}

/* Zeroes what the clamp cut off. */
static void apply_mask(int32_t *row, int32_t channel, const uint8_t *mask, const fl_gradient *output) {
  for (int32_t p = 0; p < output->pixels; p++) {
    if (!fl_mask_bit(mask, p * output->channels + channel)) row[p] = 0;
  }
}

static void clear_channel(int32_t channel, const fl_gradient *output) {
  fl_mantissa *plane = output->mantissas + channel * output->pixels;
  for (int32_t p = 0; p < output->pixels; p++) plane[p] = 0;
  output->exponents[channel] = FL_NO_EXPONENT;
}

void fl_close_gradient_row(int32_t *row, int32_t channel, int32_t exponent, const fl_ratio *ratio,
                           const fl_gradient_end *end, const fl_gradient *output) {
  const int32_t pixels = output->pixels;
  if (exponent == FL_NO_EXPONENT) {
    clear_channel(channel, output);
    return;
  }
  if (end->mask != NULL) apply_mask(row, channel, end->mask, output);
  if (ratio != NULL) {
    const int32_t shift = fl_shift_to_fit(largest_magnitude(row, pixels), SUM_BITS);
    for (int32_t p = 0; p < pixels; p++) row[p] = fl_round_shift(row[p], shift) * ratio->mantissa;
    exponent += shift + ratio->exponent - RATIO_FRACTION;
  }
  const uint32_t largest = largest_magnitude(row, pixels);
  const int32_t shift = fl_shift_to_fit(largest, end->mantissa_bits);
  fl_mantissa *plane = output->mantissas + channel * pixels;
  for (int32_t p = 0; p < pixels; p++) plane[p] = (fl_mantissa)fl_round_shift(row[p], shift);
  output->exponents[channel] = (int16_t)(largest == 0 ? FL_NO_EXPONENT : exponent + shift);
}
