#include "fl_fixed.h"

enum { INTEGER_BITS = 5, FRACTION_BITS = 31 - INTEGER_BITS, QUARTER = 1 << (FRACTION_BITS - 2), EIGHTH = 1 << 28 };
enum { EXP_MINUS_EIGHTH = 1895147668, THIRD = 715827883 };

/* e^a for a in [-1/4, 0), Q0.31: the Taylor series around -1/8 to the fourth power. */
static int32_t exp_near_zero(int32_t a) {
  const int32_t x = a + EIGHTH;
  const int32_t x2 = fl_fixed_product(x, x);
  const int32_t x3 = fl_fixed_product(x2, x);
  const int32_t x4 = fl_fixed_product(x2, x2);
  const int32_t cubic = fl_fixed_product(fl_round_half_away(x4, 2) + x3, THIRD);
  const int32_t tail = fl_round_half_away(cubic + x2, 1);
  return EXP_MINUS_EIGHTH + fl_fixed_product(EXP_MINUS_EIGHTH, x + tail);
}

/* e^-(2^exponent) in Q0.31 for exponents -2..4. */
static const int32_t powers[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
enum { POWERS = sizeof powers / sizeof powers[0] };

/* The part below a quarter by series, the rest bit by bit. */
int32_t fl_exp_of_negative(int32_t a) {
  if (a == 0) return INT32_MAX;
  const int32_t part = (a & (QUARTER - 1)) - QUARTER;
  const uint32_t rest = (uint32_t)part - (uint32_t)a;
  int32_t result = exp_near_zero(part * (1 << INTEGER_BITS));
  for (int32_t i = 0; i < POWERS; i++) {
    if ((rest & ((uint32_t)QUARTER << i)) != 0) result = fl_fixed_product(result, powers[i]);
  }
  return result;
}

enum { FORTY_EIGHT_SEVENTEENTHS = 1515870810, MINUS_THIRTY_TWO_SEVENTEENTHS = -1010580540, ONE_Q2 = 1 << 29, NEWTON_STEPS = 3 };

/* 1 / (1 + a) for a in [0, 1) as Q0.31: Newton's division. */
static int32_t one_over_one_plus(int32_t a) {
  const int32_t half_denominator = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
  int32_t x = FORTY_EIGHT_SEVENTEENTHS + fl_fixed_product(half_denominator, MINUS_THIRTY_TWO_SEVENTEENTHS);
  for (int32_t i = 0; i < NEWTON_STEPS; i++) {
    const int32_t error = ONE_Q2 - fl_fixed_product(half_denominator, x);
    x += fl_saturating_shift_left(fl_fixed_product(x, error), 2, INT32_MAX);
  }
  return fl_saturating_shift_left(x, 1, INT32_MAX);
}

fl_reciprocal fl_reciprocal_of(int32_t sum, int32_t integer_bits) {
  const int32_t headroom = 32 - fl_bit_length((uint32_t)sum);
  const uint32_t fraction = ((uint32_t)sum << (uint32_t)headroom) - 0x80000000u;
  return (fl_reciprocal){one_over_one_plus((int32_t)fraction), integer_bits - headroom};
}
