#include <stddef.h>

#include "fl_kernels.h"
#if FL_DSP
#include "fl_gradient_dsp.h"

enum { RATIO_FRACTION = 15, SKIP_LIMIT = (1 << 30) - 1 };

/* As the plain kernel. |row| and |skip| < 2^30: the sum fits. */
static int32_t add_skip(int32_t *row, int32_t channel, int32_t exponent, const fl_gradient_rules *rules) {
  const fl_gradient *skip = rules->skip;
  if (skip->exponents[channel] == FL_NO_EXPONENT) return exponent;
  const int16_t *plane = skip->mantissas + channel * skip->pixels;
  const int32_t own = skip->exponents[channel] + rules->skip_exponent - RATIO_FRACTION;
  const int32_t shift = exponent == FL_NO_EXPONENT ? 0 : exponent - own;
  for (int32_t p = 0; p < skip->pixels; p++) {
    const int32_t value = plane[p] * rules->skip_mantissa;
    row[p] += shift >= 0 ? fl_round_shift(value, shift) : fl_saturating_shift_left(value, -shift, SKIP_LIMIT);
  }
  return own + shift;
}

/* Bits of all magnitudes together: as many as the largest has. */
static FL_INLINE uint32_t with(uint32_t bits, int32_t value) { return bits | fl_magnitude(value); }

static uint32_t bits_of(const int32_t *row, int32_t pixels) {
  uint32_t bits = 0;
  for (int32_t p = 0; p < pixels; p++) bits = with(bits, row[p]);
  return bits;
}

/* Zeroes what the clamp cut off. Where pixels have whole bytes of bits, a channel is one bit of every so many bytes. */
static uint32_t masked_bits_of(int32_t *row, int32_t channel, const uint8_t *mask, int32_t channels, int32_t pixels) {
  uint32_t bits = 0;
  if (channels % 8 != 0) {
    int32_t index = channel;
    for (int32_t p = 0; p < pixels; p++, index += channels) {
      row[p] &= -((mask[index >> 3] >> (index & 7)) & 1);
      bits = with(bits, row[p]);
    }
    return bits;
  }
  const int32_t step = channels / 8, to_sign = 31 - channel % 8;
  const uint8_t *at = mask + channel / 8;
  for (int32_t p = 0; p < pixels; p++, at += step) {
    row[p] &= (int32_t)((uint32_t)*at << (uint32_t)to_sign) >> 31;
    bits = with(bits, row[p]);
  }
  return bits;
}

/* A pair of mantissas at a time, wherever they lie. */
static void shorten(const int32_t *row, int32_t pixels, int32_t shift, int16_t *plane) {
  if (shift > FL_MOST_HALF_SHIFT) { /* only a sum of 2^31 - 1 could need it, with mantissas of no bits */
    for (int32_t p = 0; p < pixels; p++) plane[p] = (int16_t)fl_round_shift(row[p], shift);
    return;
  }
  int32_t p = 0;
  if (shift == 0) {
    for (; p < pixels; p++) plane[p] = (int16_t)row[p];
    return;
  }
  for (; p + 1 < pixels; p += 2) {
    const int32_t a = fl_round_shift(row[p], shift), b = fl_round_shift(row[p + 1], shift);
    fl_store_word(plane + p, fl_low_halves(a, b));
  }
  if (p < pixels) plane[p] = (int16_t)fl_round_shift(row[p], shift);
}

void fl_finish_gradient_row(int32_t *row, int32_t channel, int32_t exponent, const fl_gradient_rules *rules,
                            const fl_gradient *output) {
  const int32_t pixels = output->pixels;
  const int32_t row_exponent = rules->skip == NULL ? exponent : add_skip(row, channel, exponent, rules);
  const uint32_t bits = rules->mask == NULL
                            ? bits_of(row, pixels)
                            : masked_bits_of(row, channel, rules->mask, output->channels, pixels);
  const int32_t shift = fl_shift_to_fit(bits, rules->mantissa_bits);
  shorten(row, pixels, shift, output->mantissas);
  output->exponents[0] = (int16_t)(bits == 0 ? FL_NO_EXPONENT : row_exponent + shift);
}

#endif
