#include "fl_small.h"
#include "fl_kernels.h"

enum { INTERVAL_BITS = 10, INTERVAL_MASK = (1 << INTERVAL_BITS) - 1 };

/* 2^-(distance / 65536) in Q15: table and linear interpolation, rounded. */
static uint32_t power_of_minus(uint32_t distance) {
  const uint32_t whole = distance >> 16;
  const uint32_t fraction = distance & 0xffffu;
  const uint32_t i = fraction >> INTERVAL_BITS;
  const uint32_t rest = fraction & INTERVAL_MASK;
  const uint32_t fall = (uint32_t)fl_power_table[i] - fl_power_table[i + 1];
  const uint32_t value = fl_power_table[i] - ((fall * rest + (1u << (INTERVAL_BITS - 1))) >> INTERVAL_BITS);
  return whole > 15 ? 0 : value >> whole;
}

/* log2(sum) - 15 in 1/65536, for a sum of Q15 numbers >= 1. */
static int32_t logarithm(uint32_t sum) {
  const int32_t top = fl_bit_length(sum) - 1;
  const uint32_t fraction = (top >= 16 ? sum >> (top - 16) : sum << (16 - top)) & 0xffffu;
  const uint32_t i = fraction >> INTERVAL_BITS;
  const uint32_t rest = fraction & INTERVAL_MASK;
  const uint32_t rise = (uint32_t)(fl_logarithm_table[i + 1] - fl_logarithm_table[i]);
  return (top - 15) * 65536 + fl_logarithm_table[i] + (int32_t)((rise * rest) >> INTERVAL_BITS);
}

int32_t fl_softmax_cross_entropy(int32_t classes, const int32_t *logits, uint32_t label, int32_t *error) {
  int32_t largest = logits[0];
  for (int32_t k = 1; k < classes; k++) largest = logits[k] > largest ? logits[k] : largest;
  uint32_t sum = 0;
  for (int32_t k = 0; k < classes; k++) {
    const uint32_t power = power_of_minus((uint32_t)largest - (uint32_t)logits[k]);
    error[k] = (int32_t)power;
    sum += power;
  }
  for (int32_t k = 0; k < classes; k++) {
    const uint32_t probability = (((uint32_t)error[k] << 15) + (sum >> 1)) / sum;
    error[k] = (int32_t)probability - (k == (int32_t)label ? 32768 : 0);
  }
  return fl_wrapping_add(fl_wrapping_add(largest, -logits[label]), logarithm(sum));
}
