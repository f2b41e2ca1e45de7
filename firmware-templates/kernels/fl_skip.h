/* N6.4: what an ADD passes to the tensor whose gradient a row of sums is. Header only. RAM: none. Flash: where used, 2 kernels. */
#ifndef FL_SKIP_H
#define FL_SKIP_H

#include "fl_kernels.h"

enum { FL_RATIO_FRACTION = 15, FL_SKIP_LIMIT = (1 << 30) - 1 };

/*
 * |row| < 2^30 (N4) and |skip| < 2^30: the sum fits. Returns the exponent of the row: where it has none, that of the skip
 * gradient.
 */
static inline int32_t fl_add_skip(int32_t *row, int32_t channel, int32_t exponent, const fl_gradient_rules *rules) {
  const fl_gradient *skip = rules->skip;
  if (skip->exponents[channel] == FL_NO_EXPONENT) return exponent;
  const fl_mantissa *plane = skip->mantissas + channel * skip->pixels;
  const int32_t own = skip->exponents[channel] + rules->skip_exponent - FL_RATIO_FRACTION;
  const int32_t shift = exponent == FL_NO_EXPONENT ? 0 : exponent - own;
  const int32_t factor = rules->skip_mantissa, *end = row + skip->pixels;
  if (shift >= 0) {
    /* |product| <= 2^29: half a unit of up to 2^29 can be added, and nothing is left of it by a shift of 31 and more. */
    const int32_t right = shift < 31 ? shift : 31, half = right > 0 ? (1 << (right - 1)) : 0;
    for (; row != end; row++) *row += (*plane++ * factor + half) >> right;
  } else {
    const int32_t left = shift > -30 ? -shift : 30, most = FL_SKIP_LIMIT >> left;
    for (; row != end; row++) {
      const int32_t value = *plane++ * factor;
      *row += value > most ? FL_SKIP_LIMIT : value < -most ? -FL_SKIP_LIMIT : value * (1 << left);
    }
  }
  return own + shift;
}

#endif
