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

/* Four pixels at a time up to `end`, which `row` may be. Returns the bits; `at` goes on with the row. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Two sums and their bits of the mask, then what either has. */
#define FL_MASK_TWO                                                                                    \
  "lsl %[m], %[m], %[to_sign]\n lsl %[n], %[n], %[to_sign]\n"                                         \
  "and %[left], %[left], %[m], asr #31\n and %[right], %[right], %[n], asr #31\n"                     \
  "strd %[left], %[right], [%[row]], #8\n"                                                            \
  "add %[m], %[left], %[left], asr #31\n add %[n], %[right], %[right], asr #31\n"                     \
  "eor %[m], %[m], %[left], asr #31\n eor %[n], %[n], %[right], asr #31\n"                            \
  "orr %[bits], %[bits], %[m]\n orr %[bits], %[bits], %[n]\n"
static FL_INLINE uint32_t mask_fours(int32_t *row, const int32_t *end, const uint8_t **at, int32_t step, int32_t to_sign) {
  const uint8_t *byte = *at;
  const int32_t third = 3 * step;
  uint32_t bits = 0;
  int32_t left, right, m, n;
  __asm__ volatile(
      "b 2f\n"
      "1: ldrd %[left], %[right], [%[row]]\n ldrb %[m], [%[byte]]\n ldrb %[n], [%[byte], %[step]]\n" FL_MASK_TWO
      "ldrd %[left], %[right], [%[row]]\n ldrb %[m], [%[byte], %[step], lsl #1]\n ldrb %[n], [%[byte], %[third]]\n" FL_MASK_TWO
      "add %[byte], %[byte], %[step], lsl #2\n"
      "2: cmp %[row], %[end]\n bne 1b\n"
      : [row] "+r"(row), [byte] "+r"(byte), [bits] "+r"(bits), [left] "=&r"(left), [right] "=&r"(right), [m] "=&r"(m),
        [n] "=&r"(n)
      : [end] "r"(end), [step] "r"(step), [third] "r"(third), [to_sign] "r"(to_sign)
      : "memory", "cc");
  *at = byte;
  return bits;
}
#undef FL_MASK_TWO
#else
static uint32_t mask_fours(int32_t *row, const int32_t *end, const uint8_t **at, int32_t step, int32_t to_sign) {
  uint32_t bits = 0;
  for (; row != end; row++, *at += step) {
    *row &= spread_bit(**at, to_sign);
    bits = with(bits, *row);
  }
  return bits;
}
#endif

/* Where pixels have whole bytes of bits, a channel is one bit of every so many bytes. */
static uint32_t masked_by_bytes(int32_t *row, const uint8_t *at, int32_t step, int32_t to_sign, int32_t pixels) {
  const int32_t *end = row + (pixels & ~3);
  uint32_t bits = mask_fours(row, end, &at, step, to_sign);
  for (row += pixels & ~3, end += pixels & 3; row != end; row++, at += step) {
    *row &= spread_bit(*at, to_sign);
    bits = with(bits, *row);
  }
  return bits;
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

/*
 * A pair of mantissas at a time, wherever they lie: a rounding high product with 2^(32 - shift), which is `power`, is
 * fl_round_shift.
 */
static void shorten(const int32_t *row, int32_t pixels, int32_t power, int16_t *plane) {
  const int32_t *end = row + (pixels & ~3);
  for (; row != end; plane += 4) {
    int32_t first, second, third, fourth;
    FL_LOAD_TWO_ON(first, second, row);
    FL_LOAD_TWO_ON(third, fourth, row);
    fl_store_word(plane, fl_low_halves(fl_rounded_high_product(first, power), fl_rounded_high_product(second, power)));
    fl_store_word(plane + 2, fl_low_halves(fl_rounded_high_product(third, power), fl_rounded_high_product(fourth, power)));
  }
  for (end += pixels & 3; row != end; row++, plane++) *plane = (int16_t)fl_rounded_high_product(*row, power);
}

void fl_finish_gradient_row(int32_t *row, int32_t channel, int32_t exponent, const fl_gradient_rules *rules,
                            const fl_gradient *output) {
  const int32_t pixels = output->pixels;
  const int32_t row_exponent = rules->skip == NULL ? exponent : fl_add_skip(row, channel, exponent, rules);
  const uint32_t bits = rules->mask == NULL
                            ? bits_of(row, pixels)
                            : masked_bits_of(row, channel, rules->mask, output->channels, pixels);
  const int32_t shift = fl_shift_to_fit(bits, rules->mantissa_bits);
  if (shift > 1) {
    shorten(row, pixels, 1 << (32 - shift), output->mantissas);
  } else {
    int16_t *const plane = output->mantissas;
    for (int32_t p = 0; p < pixels; p++) plane[p] = (int16_t)fl_round_shift(row[p], shift);
  }
  output->exponents[0] = (int16_t)(bits == 0 ? FL_NO_EXPONENT : row_exponent + shift);
}

#endif
