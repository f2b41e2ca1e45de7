#include "fl_kernels.h"

enum { BYTE_BITS = 8, WORD_BITS = 32 };

void fl_stow_bytes(const fl_running_gradient *running, int32_t first, const uint8_t *bytes, int32_t count) {
  const uint32_t width = (uint32_t)running->spare_bits;
  int32_t *sum = running->sums + first * (BYTE_BITS / running->spare_bits);
  for (int32_t i = 0; i < count; i++) {
    for (uint32_t bit = 0; bit < BYTE_BITS; bit += width, sum++) {
      *sum = (int32_t)((uint32_t)*sum + ((uint32_t)(bytes[i] >> bit) << (WORD_BITS - width)));
    }
  }
}
