/*
 * Requantisation (N2) on cores with DSP instructions, of plain parameters, exact in four instructions: SMMLAR is the first
 * rounding, an ADD and SMMLSR the second with the zero point, SSAT the clamp. Header only. RAM: none.
 */
#ifndef FL_SCALE_DSP_H
#define FL_SCALE_DSP_H

#include "fl_dsp.h"
#include "fl_kernels.h"

/* Of one output channel. */
typedef struct {
  int32_t multiplier; /* 2 * M, modulo 2^32: less than 0 */
  int32_t power;      /* -2^(32 + shift) */
  int32_t zero;
} fl_scale;

/* Nearly all: a multiplier of [2^30, 2^31) and a shift to the right. */
static FL_INLINE int32_t fl_has_scale(int32_t multiplier, int32_t shift) {
  return ((int32_t)((uint32_t)multiplier << 1) & shift) < 0;
}

static FL_INLINE fl_scale fl_scale_of(int32_t multiplier, int32_t shift, int32_t zero) {
  return (fl_scale){(int32_t)((uint32_t)multiplier << 1), INT32_MIN >> ~shift, zero};
}

/* Before the clamp. (sum * M + 2^30) >> 31 is sum + ((sum * (2 * M - 2^32) + 2^31) >> 32). */
static FL_INLINE int32_t fl_scaled(int32_t sum, fl_scale by) {
  int32_t value = fl_rounded_high_product_add(sum, by.multiplier, sum);
  value += value >> 31; /* halves away from zero */
  return fl_rounded_high_difference(value, by.power, by.zero);
}

/* The clamp of int8 is the layer's. */
static FL_INLINE int32_t fl_is_byte_range(const fl_range *range) { return range->low == INT8_MIN && range->high == INT8_MAX; }

#endif
