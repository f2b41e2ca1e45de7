#include <stddef.h>

#include "fl_kernels.h"
#if FL_DSP_GRADIENTS
#include "fl_gradient_dsp.h"
#include "fl_skip.h"

/* Bits of all magnitudes together: as many as the largest has. A compiler would compare and negate, an instruction more. */
static FL_INLINE uint32_t with(uint32_t bits, int32_t value) {
  int32_t magnitude = value + (value >> 31);
  FL_KEEP(magnitude);
  return bits | (uint32_t)(magnitude ^ (value >> 31));
}

static uint32_t bits_of(const int32_t *row, int32_t pixels) {
  uint32_t bits = 0;
  const int32_t *end = row + (pixels & ~3);
  for (; row != end; row += 4) bits = with(with(with(with(bits, row[0]), row[1]), row[2]), row[3]);
  for (end += pixels & 3; row != end; row++) bits = with(bits, *row);
  return bits;
}

/* All ones where bit `31 - to_sign` is set. */
static FL_INLINE int32_t spread_bit(uint8_t bits, int32_t to_sign) {
  return (int32_t)((uint32_t)bits << (uint32_t)to_sign) >> 31;
}

/* Where pixels have whole bytes of bits, a channel is one bit of every so many bytes. */
static uint32_t masked_by_bytes(int32_t *row, const uint8_t *at, int32_t step, int32_t to_sign, int32_t pixels) {
  uint32_t bits = 0;
  const int32_t two = 2 * step;
  for (const int32_t *end = row + (pixels & ~1); row != end;) {
    int32_t left, right;
    FL_LOAD_TWO(left, right, row);
    left &= spread_bit(at[0], to_sign);
    right &= spread_bit(at[step], to_sign);
    FL_STORE_TWO_ON(left, right, row);
    at += two;
    FL_KEEP(at);
    bits = with(with(bits, left), right);
  }
  if ((pixels & 1) == 0) return bits;
  row[0] &= spread_bit(at[0], to_sign);
  return with(bits, row[0]);
}

/* Zeroes what the clamp cut off. */
static uint32_t masked_bits_of(int32_t *row, int32_t channel, const uint8_t *mask, int32_t channels, int32_t pixels) {
  if (channels % 8 == 0) return masked_by_bytes(row, mask + (channel >> 3), channels >> 3, 31 - (channel & 7), pixels);
  uint32_t bits = 0;
  for (const int32_t *end = row + pixels; row != end; row++, channel += channels) {
    *row &= -fl_mask_bit(mask, channel);
    bits = with(bits, *row);
  }
  return bits;
}

/* A pair of mantissas at a time, wherever they lie; half a unit can be added to all sums. */
static void shorten(const int32_t *row, int32_t pixels, fl_half_shift by, int16_t *plane) {
  const int32_t *end = row + (pixels & ~3);
  for (; row != end; plane += 4) {
    int32_t first, second, third, fourth;
    FL_LOAD_TWO_ON(first, second, row);
    fl_store_word(plane, fl_low_halves(fl_shifted(first, by), fl_shifted(second, by)));
    FL_LOAD_TWO_ON(third, fourth, row);
    fl_store_word(plane + 2, fl_low_halves(fl_shifted(third, by), fl_shifted(fourth, by)));
  }
  for (end += pixels & 3; row != end; row++, plane++) *plane = (int16_t)fl_shifted(*row, by);
}

void fl_finish_gradient_row(int32_t *row, int32_t channel, int32_t exponent, const fl_gradient_rules *rules,
                            const fl_gradient *output) {
  const int32_t pixels = output->pixels;
  const int32_t row_exponent = rules->skip == NULL ? exponent : fl_add_skip(row, channel, exponent, rules);
  const uint32_t bits = rules->mask == NULL
                            ? bits_of(row, pixels)
                            : masked_bits_of(row, channel, rules->mask, output->channels, pixels);
  const int32_t shift = fl_shift_to_fit(bits, rules->mantissa_bits);
  if (bits >> 30 == 0) {
    shorten(row, pixels, fl_half_shift_of(shift), output->mantissas);
  } else {
    int16_t *const plane = output->mantissas;
    for (int32_t p = 0; p < pixels; p++) plane[p] = (int16_t)fl_round_shift(row[p], shift);
  }
  output->exponents[0] = (int16_t)(bits == 0 ? FL_NO_EXPONENT : row_exponent + shift);
}

#endif
