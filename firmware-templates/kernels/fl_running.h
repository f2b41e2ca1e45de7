/* N6.4, running: what the kernels that feed such a sum share. Header only. RAM: none. Flash: where used, 2 kernels. */
#ifndef FL_RUNNING_H
#define FL_RUNNING_H

#include <stdint.h>

enum { FL_RUNNING_GROUP = 4 };

/* The largest of exponents, at least `least`. */
static inline int32_t fl_largest_exponent(const int16_t *exponents, int32_t count, int32_t least) {
  int32_t largest = least;
  for (int32_t k = 0; k < count; k++) largest = exponents[k] > largest ? exponents[k] : largest;
  return largest;
}

#endif
