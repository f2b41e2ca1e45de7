/* What lies in the spare bits of a sum (fl_stow_bytes), and the sum. */
#ifndef FL_SPARE_H
#define FL_SPARE_H

#include <stdint.h>

/* The sum alone: of fewer bits, so that its sign is the highest that it has itself. */
static inline int32_t fl_sum_alone(int32_t held, int32_t spare_bits) {
  return (int32_t)((uint32_t)held << (uint32_t)spare_bits) >> spare_bits;
}

/* Another sum with what was held beside `sum`. */
static inline int32_t fl_held_beside(int32_t held, int32_t sum, int32_t other) {
  return (int32_t)((uint32_t)held - (uint32_t)sum + (uint32_t)other);
}

#endif
