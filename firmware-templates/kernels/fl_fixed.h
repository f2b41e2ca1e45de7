/*
 * The fixed-point functions under the int8 softmax of TensorFlow Lite Micro, with gemmlowp's constants. Qm.n: m integer
 * bits, n fractional bits and a sign in an int32. RAM: none.
 */
#ifndef FL_FIXED_H
#define FL_FIXED_H

#include "fl_arith.h"

/* The product of two numbers, of which not both are -2^31: round(a * b / 2^31), halves up. */
static inline int32_t fl_fixed_product(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/*
 * RDPOT: value / 2^shift to nearest, halves away from zero. |value| < 2^31. Shifts are taken modulo 32: a softmax of more
 * than 512 equal classes shifts further, and that is what TensorFlow Lite Micro does there on a PC.
 */
static inline int32_t fl_round_half_away(int32_t value, int32_t shift) {
  shift &= 31;
  if (shift == 0) return value;
  return (((value + (value >> 31)) >> (shift - 1)) + 1) >> 1;
}

/* e^a for a <= 0 in Q5.26, as Q0.31. */
int32_t fl_exp_of_negative(int32_t a);

/* 1 / sum = mantissa (Q0.31) * 2^-bits_over_unit. */
typedef struct {
  int32_t mantissa;
  int32_t bits_over_unit;
} fl_reciprocal;

/* sum > 0 with `integer_bits` integer bits. */
fl_reciprocal fl_reciprocal_of(int32_t sum, int32_t integer_bits);

#endif
