/*
 * The integer arithmetic of NUMERICS, in which every kernel is written. Header only: each function is a few
 * instructions. RAM: none. Flash: where used.
 *
 * `>>` on signed values is taken to be arithmetic (true for gcc and clang on every target).
 */
#ifndef FL_ARITH_H
#define FL_ARITH_H

#include <stdint.h>

/* rsh: value / 2^shift, halves up; shift <= 0 leaves the value, shift > 31 gives 0. Cannot overflow. */
static inline int32_t fl_round_shift(int32_t value, int32_t shift) {
  if (shift <= 0) return value;
  if (shift > 31) return 0;
  const int32_t doubled = value >> (shift - 1);
  return (doubled >> 1) + (doubled & 1);
}

/* blen: bits of value, 0 for 0. */
static inline int32_t fl_bit_length(uint32_t value) {
  return value == 0 ? 0 : 32 - (int32_t)__builtin_clz(value);
}

static inline uint32_t fl_magnitude(int32_t value) {
  return value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
}

/* Least shift that brings `magnitude` below 2^bits. */
static inline int32_t fl_shift_to_fit(uint32_t magnitude, int32_t bits) {
  const int32_t shift = fl_bit_length(magnitude) - bits;
  return shift > 0 ? shift : 0;
}

static inline int32_t fl_saturate(int32_t value, int32_t limit) {
  return value > limit ? limit : value < -limit ? -limit : value;
}

/* value * 2^shift for shift > 0, clamped to +-limit. */
static inline int32_t fl_saturating_shift_left(int32_t value, int32_t shift, int32_t limit) {
  if (value == 0) return 0;
  if (shift > 30) return value > 0 ? limit : -limit;
  const int64_t shifted = (int64_t)value * ((int64_t)1 << shift);
  return shifted > limit ? limit : shifted < -limit ? -limit : (int32_t)shifted;
}

/* Sum that wraps, as it does on the device: only dead channels with absurd biases ever wrap. */
static inline int32_t fl_wrapping_add(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a + (uint32_t)b);
}

/*
 * SRDHM of N2: (a * b + nudge) / 2^31 truncated toward zero, nudge = 2^30 or 1 - 2^30 by the sign of the product.
 * For both signs that equals one rounding shift of the 64-bit product. b is a multiplier in [0, 2^31).
 */
static inline int32_t fl_doubling_high_multiply(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/*
 * MBQM of N2, the requantisation of TensorFlow Lite Micro: value * multiplier * 2^(shift - 31), rounded twice, the second
 * time halves away from zero. shift > 0 shifts left before (wrapping), shift < 0 right after.
 */
static inline int32_t fl_requantize(int32_t value, int32_t multiplier, int32_t shift) {
  if (shift > 0) return fl_doubling_high_multiply((int32_t)((uint32_t)value << (uint32_t)shift), multiplier);
  const int32_t product = fl_doubling_high_multiply(value, multiplier);
  if (shift == 0) return product;
  /* Halves away from zero: one less for negatives, then halves up. |product| <= 2^31 - 2, so neither step overflows. */
  return (((product + (product >> 31)) >> (-shift - 1)) + 1) >> 1;
}

#endif
