#include "fl_kernels.h"
#include "fl_spare.h"

enum { BYTE_BITS = 8, HALF_BITS = 4, WORD_BITS = 32 };

/* What was held beside a sum. */
static inline uint32_t beside(int32_t held, int32_t sum, uint32_t width) {
  return ((uint32_t)held - (uint32_t)sum) >> (WORD_BITS - width);
}

/* A byte from beside two sums. */
static void take_back_halves(int32_t *sum, uint8_t *bytes, int32_t count) {
  for (const uint8_t *end = bytes + count; bytes != end; sum += 2) {
    const int32_t first = sum[0], second = sum[1];
    sum[0] = fl_sum_alone(first, HALF_BITS);
    sum[1] = fl_sum_alone(second, HALF_BITS);
    *bytes++ = (uint8_t)(beside(first, sum[0], HALF_BITS) | beside(second, sum[1], HALF_BITS) << HALF_BITS);
  }
}

void fl_take_back_bytes(const fl_running_gradient *running, int32_t first, uint8_t *bytes, int32_t count) {
  const uint32_t width = (uint32_t)running->spare_bits;
  int32_t *sum = running->sums + first * (BYTE_BITS / running->spare_bits);
  if (width == HALF_BITS) {
    take_back_halves(sum, bytes, count);
    return;
  }
  for (int32_t i = 0; i < count; i++) {
    uint32_t byte = 0;
    for (uint32_t bit = 0; bit < BYTE_BITS; bit += width, sum++) {
      const int32_t held = *sum;
      *sum = fl_sum_alone(held, running->spare_bits);
      byte |= beside(held, *sum, width) << bit;
    }
    bytes[i] = (uint8_t)byte;
  }
}
