/*
 * Two int16 in a word: the DSP instructions of Cortex-M4, M7 and M33 by name, and what they mean in plain C, so that the
 * kernels written with them run and are tested everywhere. Header only: an instruction each. RAM: none.
 *
 * A "pair" is a word with two int16 lanes, low and high. Where gcc makes two instructions of the intrinsics of arm_acle.h
 * (rotated operands, halves of two words, the rounding high product), the one instruction is written out.
 */
#ifndef FL_DSP_H
#define FL_DSP_H

#include <stdint.h>

#define FL_INLINE inline __attribute__((always_inline))

/* Any address: these cores load and store words wherever they lie. */
static FL_INLINE int32_t fl_load_word(const void *at) {
  int32_t word;
  __builtin_memcpy(&word, at, sizeof word);
  return word;
}

static FL_INLINE void fl_store_word(void *at, int32_t word) { __builtin_memcpy(at, &word, sizeof word); }

/* Two words at a multiple of four by one instruction, which gcc rarely makes of two loads; and on to the next; stored. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
#define FL_LOAD_TWO(first, second, at) __asm__ volatile("ldrd %0, %1, [%2]" : "=&r"(first), "=r"(second) : "r"(at) : "memory")
#define FL_LOAD_TWO_ON(first, second, at) \
  __asm__ volatile("ldrd %1, %2, [%0], #8" : "+&r"(at), "=&r"(first), "=&r"(second) : : "memory")
#define FL_STORE_TWO_ON(first, second, at) \
  __asm__ volatile("strd %1, %2, [%0], #8" : "+r"(at) : "r"(first), "r"(second) : "memory")
#else
#define FL_LOAD_TWO(first, second, at) ((first) = (at)[0], (second) = (at)[1])
#define FL_LOAD_TWO_ON(first, second, at) ((first) = (at)[0], (second) = (at)[1], (at) += 2)
#define FL_STORE_TWO_ON(first, second, at) ((at)[0] = (first), (at)[1] = (second), (at) += 2)
#endif

/* A pointer that moves on stays one: its multiples are not computed ahead, which takes registers that there are not. */
#define FL_KEEP(pointer) __asm__("" : "+r"(pointer))

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP

#include <arm_acle.h>

#define fl_pair_product(x, y) __smuad((x), (y))
#define fl_pair_product_add(x, y, sum) __smlad((x), (y), (sum))
#define fl_low_low_add(x, y, sum) __smlabb((x), (y), (sum))
#define fl_low_high_add(x, y, sum) __smlabt((x), (y), (sum))
#define fl_high_low_add(x, y, sum) __smlatb((x), (y), (sum))
#define fl_wide_low_add(wide, x, sum) __smlawb((wide), (x), (sum))
#define fl_wide_high_add(wide, x, sum) __smlawt((wide), (x), (sum))
#define fl_even_bytes(word) ((int32_t)__sxtb16((int8x4_t)(word)))
#define fl_even_bytes_add(word, pair) ((int32_t)__sxtab16((pair), (int8x4_t)(word)))
#define fl_saturated_byte(value) ((int32_t)__builtin_arm_ssat((value), 8)) /* __ssat warns */

#define FL_DSP_UNARY(name, instruction)                            \
  static FL_INLINE int32_t name(int32_t a) {                       \
    int32_t result;                                                \
    __asm__(instruction : "=r"(result) : "r"(a));                  \
    return result;                                                 \
  }
#define FL_DSP_BINARY(name, instruction)                           \
  static FL_INLINE int32_t name(int32_t a, int32_t b) {            \
    int32_t result;                                                \
    __asm__(instruction : "=r"(result) : "r"(a), "r"(b));          \
    return result;                                                 \
  }
FL_DSP_UNARY(fl_odd_bytes, "sxtb16 %0, %1, ror #8")
FL_DSP_BINARY(fl_odd_bytes_add, "sxtab16 %0, %2, %1, ror #8")
FL_DSP_BINARY(fl_low_halves, "pkhbt %0, %1, %2, lsl #16")
FL_DSP_BINARY(fl_high_halves, "pkhtb %0, %2, %1, asr #16")
FL_DSP_BINARY(fl_low_and_doubled, "pkhbt %0, %1, %2, lsl #1")
FL_DSP_BINARY(fl_high_product, "smmul %0, %1, %2")
FL_DSP_BINARY(fl_pair_sum, "sadd16 %0, %1, %2")
FL_DSP_BINARY(fl_rounded_high_product, "smmulr %0, %1, %2")
FL_DSP_UNARY(fl_low_bytes, "uxtb16 %0, %1")
FL_DSP_BINARY(fl_saturated_byte_sums, "qadd8 %0, %1, %2")
FL_DSP_BINARY(fl_saturated_byte_differences, "qsub8 %0, %1, %2")
FL_DSP_UNARY(fl_saturated_bytes, "ssat16 %0, #8, %1")

static FL_INLINE int32_t fl_rounded_high_product_add(int32_t a, int32_t b, int32_t sum) {
  int32_t result;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

static FL_INLINE int32_t fl_rounded_high_difference(int32_t a, int32_t b, int32_t sum) {
  int32_t result;
  __asm__("smmlsr %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
  return result;
}

#else

static FL_INLINE int32_t fl_low(int32_t pair) { return (int16_t)(uint16_t)((uint32_t)pair & 0xffffu); }
static FL_INLINE int32_t fl_high(int32_t pair) { return pair >> 16; }
static FL_INLINE int32_t fl_wrap(int64_t value) { return (int32_t)(uint32_t)(uint64_t)value; }
static FL_INLINE int32_t fl_pair_of(int32_t low, int32_t high) {
  return (int32_t)(((uint32_t)low & 0xffffu) | ((uint32_t)high << 16));
}
static FL_INLINE int32_t fl_byte(int32_t word, int32_t index) { return (int8_t)(uint8_t)((uint32_t)word >> (8 * index)); }
/* Sums wrap. */
static FL_INLINE int32_t fl_pair_product_add(int32_t x, int32_t y, int32_t sum) {
  return fl_wrap((int64_t)fl_low(x) * fl_low(y) + (int64_t)fl_high(x) * fl_high(y) + sum);
}
static FL_INLINE int32_t fl_pair_product(int32_t x, int32_t y) { return fl_pair_product_add(x, y, 0); }
static FL_INLINE int32_t fl_low_low_add(int32_t x, int32_t y, int32_t sum) {
  return fl_wrap((int64_t)fl_low(x) * fl_low(y) + sum);
}
static FL_INLINE int32_t fl_low_high_add(int32_t x, int32_t y, int32_t sum) {
  return fl_wrap((int64_t)fl_low(x) * fl_high(y) + sum);
}
static FL_INLINE int32_t fl_high_low_add(int32_t x, int32_t y, int32_t sum) {
  return fl_wrap((int64_t)fl_high(x) * fl_low(y) + sum);
}

/* wide * lane / 2^16, down, and a sum. */
static FL_INLINE int32_t fl_wide_low_add(int32_t wide, int32_t x, int32_t sum) {
  return fl_wrap((((int64_t)wide * fl_low(x)) >> 16) + sum);
}
static FL_INLINE int32_t fl_wide_high_add(int32_t wide, int32_t x, int32_t sum) {
  return fl_wrap((((int64_t)wide * fl_high(x)) >> 16) + sum);
}

/* Bytes 0 and 2 of a word as a pair, bytes 1 and 3. */
static FL_INLINE int32_t fl_even_bytes(int32_t word) { return fl_pair_of(fl_byte(word, 0), fl_byte(word, 2)); }
static FL_INLINE int32_t fl_odd_bytes(int32_t word) { return fl_pair_of(fl_byte(word, 1), fl_byte(word, 3)); }

/* The same added to both halves of a pair, each modulo 2^16. */
static FL_INLINE int32_t fl_even_bytes_add(int32_t word, int32_t pair) {
  return fl_pair_of(fl_byte(word, 0) + fl_low(pair), fl_byte(word, 2) + fl_high(pair));
}
static FL_INLINE int32_t fl_odd_bytes_add(int32_t word, int32_t pair) {
  return fl_pair_of(fl_byte(word, 1) + fl_low(pair), fl_byte(word, 3) + fl_high(pair));
}

/* Both halves added, each modulo 2^16. */
static FL_INLINE int32_t fl_pair_sum(int32_t a, int32_t b) {
  return fl_pair_of(fl_low(a) + fl_low(b), fl_high(a) + fl_high(b));
}

/* (low of a, low of b), (high of a, high of b). */
static FL_INLINE int32_t fl_low_halves(int32_t a, int32_t b) { return fl_pair_of(fl_low(a), fl_low(b)); }
static FL_INLINE int32_t fl_high_halves(int32_t a, int32_t b) { return fl_pair_of(fl_high(a), fl_high(b)); }

/* (low of a, high of 2 * b). */
static FL_INLINE int32_t fl_low_and_doubled(int32_t a, int32_t b) {
  return (int32_t)(((uint32_t)a & 0xffffu) | (((uint32_t)b << 1) & 0xffff0000u));
}

/* a * b / 2^32, down. */
static FL_INLINE int32_t fl_high_product(int32_t a, int32_t b) { return (int32_t)(((int64_t)a * b) >> 32); }

/* a * b / 2^32, halves up; the same more or less than a sum. */
static FL_INLINE int32_t fl_rounded_high_product(int32_t a, int32_t b) {
  return fl_wrap(((int64_t)a * b + ((int64_t)1 << 31)) >> 32);
}

static FL_INLINE int32_t fl_rounded_high_product_add(int32_t a, int32_t b, int32_t sum) {
  return fl_wrap(fl_rounded_high_product(a, b) + (int64_t)sum);
}

static FL_INLINE int32_t fl_rounded_high_difference(int32_t a, int32_t b, int32_t sum) {
  return fl_wrap((sum * ((int64_t)1 << 32) - (int64_t)a * b + ((int64_t)1 << 31)) >> 32);
}

/* Clamped to int8. */
static FL_INLINE int32_t fl_saturated_byte(int32_t value) { return value < -128 ? -128 : value > 127 ? 127 : value; }

/* Both halves clamped to int8. */
static FL_INLINE int32_t fl_saturated_bytes(int32_t pair) {
  return fl_pair_of(fl_saturated_byte(fl_low(pair)), fl_saturated_byte(fl_high(pair)));
}

/* The low bytes of both halves, without sign. */
static FL_INLINE int32_t fl_low_bytes(int32_t pair) { return pair & 0xff00ff; }

/* Four bytes and four more, each clamped to int8; less four more. */
static FL_INLINE int32_t fl_saturated_byte_sums(int32_t a, int32_t b) {
  uint32_t sums = 0;
  for (int32_t i = 0; i < 4; i++) {
    sums |= (uint32_t)(uint8_t)fl_saturated_byte(fl_byte(a, i) + fl_byte(b, i)) << (8 * i);
  }
  return fl_wrap((int64_t)sums);
}
static FL_INLINE int32_t fl_saturated_byte_differences(int32_t a, int32_t b) {
  uint32_t differences = 0;
  for (int32_t i = 0; i < 4; i++) {
    differences |= (uint32_t)(uint8_t)fl_saturated_byte(fl_byte(a, i) - fl_byte(b, i)) << (8 * i);
  }
  return fl_wrap((int64_t)differences);
}

#endif

/* Sum and product that wrap. */
static FL_INLINE int32_t fl_wrapped_sum(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
static FL_INLINE int32_t fl_wrapped_difference(int32_t a, int32_t b) { return (int32_t)((uint32_t)a - (uint32_t)b); }
static FL_INLINE int32_t fl_wrapped_product_add(int32_t a, int32_t b, int32_t sum) {
  return (int32_t)((uint32_t)a * (uint32_t)b + (uint32_t)sum);
}

/*
 * How sums become outputs (libs/model/quant/affine-requantize.ts), zero points and bias included, for outputs that are
 * clamped by the range of int8 only.
 * Affine: one multiply-add, one high product, one saturating shift; proved equal for every sum that can occur.
 * Exact: MBQM of N2 as it is, where the former does not exist: doubled sum, then both roundings. The shift is a product
 * with 2^(32 - shift), which is stored as its negative, because 2^31 is not an int32.
 */
typedef struct {
  int32_t factor, addend, multiplier;
} fl_affine;

typedef struct {
  int32_t addend, multiplier, zero, power;
} fl_exact;

enum { FL_AFFINE_SHIFT = 16 };

static FL_INLINE int8_t fl_affine_output(fl_affine by, int32_t sum) {
  const int32_t scaled = fl_high_product(fl_wrapped_product_add(sum, by.factor, by.addend), by.multiplier);
  return (int8_t)fl_saturated_byte(scaled >> FL_AFFINE_SHIFT);
}

static FL_INLINE int8_t fl_exact_output(fl_exact by, int32_t doubled_sum) {
  int32_t value = fl_rounded_high_product(fl_wrapped_sum(doubled_sum, by.addend), by.multiplier);
  value += value >> 31; /* halves away from zero */
  return (int8_t)fl_saturated_byte(fl_rounded_high_difference(value, by.power, by.zero));
}

#endif
