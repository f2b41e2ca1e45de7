#include "fl_kernels.h"
#include "fl_spare.h"

enum { BYTE_BITS = 8, WORD_BITS = 32 };

void fl_take_back_bytes(const fl_running_gradient *running, int32_t first, uint8_t *bytes, int32_t count) {
  const uint32_t width = (uint32_t)running->spare_bits;
  int32_t *sum = running->sums + first * (BYTE_BITS / running->spare_bits);
  for (int32_t i = 0; i < count; i++) {
    uint32_t byte = 0;
    for (uint32_t bit = 0; bit < BYTE_BITS; bit += width, sum++) {
      const int32_t held = *sum;
      *sum = fl_sum_alone(held, running->spare_bits);
      byte |= (((uint32_t)held - (uint32_t)*sum) >> (WORD_BITS - width)) << bit;
    }
    bytes[i] = (uint8_t)byte;
  }
}
