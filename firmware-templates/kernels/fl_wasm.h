/*
 * Vectors of WebAssembly (simd128): how int32 sums of four channels become outputs, exactly as fl_output.h does it for one.
 * Header only. RAM: none. Only where FL_SIMD is defined (fl_plain.h).
 */
#ifndef FL_WASM_H
#define FL_WASM_H

#include <stddef.h>
#include <wasm_simd128.h>

#include "fl_kernels.h"
#include "fl_output.h"

#define FL_INLINE inline __attribute__((always_inline))

/* The plain kernels under their other names (fl_plain.h), for shapes that vectors are not made for. */
void fl_columns_plain(const int16_t *columns, int32_t count, int32_t depth, int32_t outputs, const fl_filter *filter,
                      const fl_range *range, const fl_sink *sink);
void fl_depthwise_conv2d_plain(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                               uint8_t *mask, int16_t *scratch);

/* N2 for four neighbouring channels, a lane each. */
typedef struct {
  v128_t bias, multiplier;
  v128_t left;      /* 2^shift where shift > 0, else 1 */
  v128_t right;     /* 2^(31 + shift) where shift < 0 */
  v128_t is_right;  /* all ones where shift < 0 */
  int32_t any_left; /* is there a shift > 0? */
} fl_four_outputs;

/* What the channels of a layer share. */
typedef struct {
  v128_t zero, low, high;
} fl_limits;

static FL_INLINE fl_limits fl_limits_of(const fl_range *range) {
  return (fl_limits){wasm_i32x4_splat(range->output_zero), wasm_i32x4_splat(range->low), wasm_i32x4_splat(range->high)};
}

/* All ones in the last `rest` of eight lanes. */
static FL_INLINE v128_t fl_last_lanes(int32_t rest) {
  return wasm_i16x8_ge(wasm_i16x8_make(0, 1, 2, 3, 4, 5, 6, 7), wasm_i16x8_splat((int16_t)(8 - rest)));
}

static FL_INLINE int32_t fl_power(int32_t exponent) { return (int32_t)(1u << ((uint32_t)exponent & 31u)); }

/* Of `count` (1 to 4) channels from `channel` on; lanes above repeat the last one. */
static FL_INLINE fl_four_outputs fl_four_outputs_of(const fl_filter *filter, int32_t channel, int32_t count) {
  const int32_t b = channel + (count > 1 ? 1 : 0), c = channel + (count > 2 ? 2 : count - 1),
                d = channel + count - 1;
  const int32_t s0 = filter->shift[channel], s1 = filter->shift[b], s2 = filter->shift[c], s3 = filter->shift[d];
  const v128_t shift = wasm_i32x4_make(s0, s1, s2, s3);
  const v128_t zero = wasm_i32x4_splat(0);
  fl_four_outputs o = {zero, zero, wasm_i32x4_splat(1), zero, wasm_i32x4_lt(shift, zero), 0};
  if (count == 4) {
    o.multiplier = wasm_v128_load(filter->multiplier + channel);
  } else {
    const int32_t *m = filter->multiplier;
    o.multiplier = wasm_i32x4_make(m[channel], m[b], m[c], m[d]);
  }
  o.bias = wasm_i32x4_make(fl_bias_of(filter, channel), fl_bias_of(filter, b), fl_bias_of(filter, c), fl_bias_of(filter, d));
  o.right = wasm_i32x4_make(fl_power(31 + s0), fl_power(31 + s1), fl_power(31 + s2), fl_power(31 + s3));
  o.any_left = wasm_v128_any_true(wasm_i32x4_gt(shift, zero));
  if (o.any_left) {
    const v128_t powers = wasm_i32x4_make(fl_power(s0), fl_power(s1), fl_power(s2), fl_power(s3));
    o.left = wasm_v128_bitselect(powers, o.left, wasm_i32x4_gt(shift, zero));
  }
  return o;
}

/* fl_doubling_high_multiply of four: the upper words of the doubled, rounded products. */
static FL_INLINE v128_t fl_doubling_high_multiply_four(v128_t a, v128_t b) {
  const v128_t half = wasm_i64x2_splat((int64_t)1 << 31);
  const v128_t low = wasm_i64x2_add(wasm_i64x2_shl(wasm_i64x2_extmul_low_i32x4(a, b), 1), half);
  const v128_t high = wasm_i64x2_add(wasm_i64x2_shl(wasm_i64x2_extmul_high_i32x4(a, b), 1), half);
  return wasm_i32x4_shuffle(low, high, 1, 3, 5, 7);
}

/*
 * Outputs before the clamp. A right shift by r that rounds halves up is fl_doubling_high_multiply by 2^(31-r); one less for
 * negatives before it makes that halves away from zero.
 */
static FL_INLINE v128_t fl_scaled_four(const fl_four_outputs *o, const fl_limits *limits, v128_t sums) {
  v128_t value = wasm_i32x4_add(sums, o->bias);
  if (o->any_left) value = wasm_i32x4_mul(value, o->left);
  value = fl_doubling_high_multiply_four(value, o->multiplier);
  const v128_t lowered = wasm_i32x4_add(value, wasm_i32x4_shr(value, 31));
  value = wasm_v128_bitselect(fl_doubling_high_multiply_four(lowered, o->right), value, o->is_right);
  return wasm_i32x4_add(value, limits->zero);
}

/* Clears `outside`, up to eight mask bits, bit 0 for output `index` of the sink. */
static FL_INLINE void fl_clear_outside(uint32_t outside, fl_sink to, int32_t index) {
  const int32_t first = to.first + index;
  uint8_t *bytes = to.mask + (first >> 3);
  const uint32_t bits = outside << (uint32_t)(first & 7);
  bytes[0] = (uint8_t)(bytes[0] & ~bits);
  if (bits > 255u) bytes[1] = (uint8_t)(bytes[1] & ~(bits >> 8));
}

static FL_INLINE v128_t fl_clamped_four(v128_t value, const fl_limits *limits) {
  return wasm_i32x4_min(wasm_i32x4_max(value, limits->low), limits->high);
}

/* Stores four outputs as elements index.. of the sink (fl_put). */
static FL_INLINE void fl_put_four(const fl_four_outputs *o, const fl_limits *limits, v128_t sums, fl_sink to,
                                  int32_t index) {
  const v128_t value = fl_scaled_four(o, limits, sums);
  const v128_t clamped = fl_clamped_four(value, limits);
  const v128_t words = wasm_i16x8_narrow_i32x4(clamped, clamped);
  wasm_v128_store32_lane(to.output + index, wasm_i8x16_narrow_i16x8(words, words), 0);
  if (to.mask == NULL) return;
  const uint32_t outside = wasm_i32x4_bitmask(wasm_i32x4_ne(value, clamped));
  if (outside != 0) fl_clear_outside(outside, to, index);
}

/* Sums of the lanes of four vectors, a lane each. */
static FL_INLINE v128_t fl_lane_sums(v128_t a, v128_t b, v128_t c, v128_t d) {
  const v128_t ab = wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), wasm_i32x4_shuffle(a, b, 2, 6, 3, 7));
  const v128_t cd = wasm_i32x4_add(wasm_i32x4_shuffle(c, d, 0, 4, 1, 5), wasm_i32x4_shuffle(c, d, 2, 6, 3, 7));
  return wasm_i32x4_add(wasm_i32x4_shuffle(ab, cd, 0, 1, 4, 5), wasm_i32x4_shuffle(ab, cd, 2, 3, 6, 7));
}

#endif
