/*
 * One training step as the caller asks for it, and the arithmetic of steps: N7 (sizes) and N8 (random numbers).
 * RAM: none. Flash: where used.
 */
#ifndef FL_STEP_H
#define FL_STEP_H

#include <stdint.h>

#include "fl_arith.h"

/* A learning rate as mantissa * 2^(exponent-15) (N0, q15). */
typedef struct {
  uint16_t mantissa;
  int8_t exponent;
} fl_rate;

/* One training step: which random numbers, how fast. */
typedef struct {
  uint32_t seed;  /* of the session */
  uint32_t index; /* counts from 0, one for every sample presented */
  fl_rate weights;
  fl_rate bias;
  fl_rate head;
} fl_step;

enum {
  FL_BIAS_FRACTION = 8, /* fractional bits of a trained bias */
  FL_BIAS_LIMIT = 1 << 30,
  FL_WEIGHT_LIMIT = 127,
  FL_HEAD_LIMIT = 8191,           /* 1/16 LSB */
  FL_WEIGHT_STEP_LIMIT = 8 << 16, /* the step clip: 8 LSB */
  FL_HEAD_STEP_LIMIT = 64 << 16,
  FL_STEP_FRACTION = 16 /* fractional bits of a weight step */
};

/* What turns the gradients of one channel into steps: step = gradient * factor * 2^-(32 + shift), rounded. */
typedef struct {
  int32_t factor;
  int32_t shift;
} fl_step_scale;

/* N7: `scale_*` is the channel's QAS factor, `exponent` the gradient's, `fraction` the fractional bits of the step. */
static inline fl_step_scale fl_step_scale_of(uint16_t scale_mantissa, int32_t scale_exponent, fl_rate rate, int32_t exponent,
                                             int32_t fraction) {
  const uint32_t product = (uint32_t)scale_mantissa * rate.mantissa; /* < 2^30 */
  return (fl_step_scale){(int32_t)(product << 1), -(1 + scale_exponent + rate.exponent + exponent + fraction)};
}

/* N7: D. */
static inline int32_t fl_step_size(int32_t gradient, fl_step_scale scale) {
  const int32_t high = (int32_t)(((int64_t)gradient * scale.factor + ((int64_t)1 << 31)) >> 32);
  return scale.shift >= 0 ? fl_round_shift(high, scale.shift) : fl_saturating_shift_left(high, -scale.shift, INT32_MAX);
}

/* N8: H, a bijection on uint32. */
static inline uint32_t fl_hash(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

/* N8: the key of one layer in one step. */
static inline uint32_t fl_layer_key(const fl_step *step, uint32_t layer) {
  return fl_hash(fl_hash(step->seed + step->index * 0x9E3779B9u) ^ layer);
}

/* N8: 16 random bits for the weight with canonical index `index`. */
static inline int32_t fl_draw(uint32_t key, uint32_t index) {
  const uint32_t word = fl_hash(key + (index >> 1));
  return (int32_t)((index & 1u) != 0 ? word >> 16 : word & 0xffffu);
}

/* N7: one weight moved by its step, rounded stochastically. */
static inline int8_t fl_moved_weight(int8_t weight, int32_t step, int32_t draw) {
  const int32_t clipped = fl_saturate(step, FL_WEIGHT_STEP_LIMIT);
  return (int8_t)fl_saturate(weight + ((draw - clipped) >> 16), FL_WEIGHT_LIMIT);
}

/* N7: one head weight (4 fractional bits). */
static inline int16_t fl_moved_head_weight(int16_t weight, int32_t step, int32_t draw) {
  const int32_t clipped = fl_saturate(step, FL_HEAD_STEP_LIMIT);
  return (int16_t)fl_saturate(weight + (((draw >> 4) - clipped) >> 12), FL_HEAD_LIMIT);
}

/* N7: one bias (8 fractional bits). |bias| <= 2^30 and a step of up to 2^31 need 64 bits once. */
static inline int32_t fl_moved_bias(int32_t bias, int32_t step) {
  const int64_t moved = (int64_t)bias - step;
  return moved > FL_BIAS_LIMIT ? FL_BIAS_LIMIT : moved < -FL_BIAS_LIMIT ? -FL_BIAS_LIMIT : (int32_t)moved;
}

#endif
