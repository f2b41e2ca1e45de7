#include "fl_kernels.h"

enum { BYTE_BITS = 8, HALF_BITS = 4, WORD_BITS = 32, TO_TOP = WORD_BITS - HALF_BITS };

/* A byte beside two sums. */
static void stow_halves(int32_t *sum, const uint8_t *bytes, int32_t count) {
  for (const uint8_t *end = bytes + count; bytes != end; sum += 2) {
    const uint32_t byte = *bytes++;
    sum[0] = (int32_t)((uint32_t)sum[0] + (byte << TO_TOP));
    sum[1] = (int32_t)((uint32_t)sum[1] + (byte >> HALF_BITS << TO_TOP));
  }
}

void fl_stow_bytes(const fl_running_gradient *running, int32_t first, const uint8_t *bytes, int32_t count) {
  const uint32_t width = (uint32_t)running->spare_bits;
  int32_t *sum = running->sums + first * (BYTE_BITS / running->spare_bits);
  if (width == HALF_BITS) {
    stow_halves(sum, bytes, count);
    return;
  }
  for (int32_t i = 0; i < count; i++) {
    for (uint32_t bit = 0; bit < BYTE_BITS; bit += width, sum++) {
      *sum = (int32_t)((uint32_t)*sum + ((uint32_t)(bytes[i] >> bit) << (WORD_BITS - width)));
    }
  }
}
