/*
 * N6.2: one channel of g times its back scale. Header only. RAM: none. Flash: where used, 8 kernels.
 */
#ifndef FL_BACK_SCALE_H
#define FL_BACK_SCALE_H

#include <stddef.h>

#include "fl_kernels.h"
#if FL_DSP_GRADIENTS
#include "fl_dsp.h"
#endif

enum { FL_BACK_FRACTION = 15 };

/* E[o] + k[o]; none for a channel without exponent and for a frozen one. */
static inline int32_t fl_scaled_exponent(int32_t exponent, const fl_training *training, int32_t channel) {
  if (exponent == FL_NO_EXPONENT || training->back[channel] == 0) return FL_NO_EXPONENT;
  return exponent + training->back_exponent[channel];
}

/* (g * factor + half) >> shift: products stay below 2^30, so half a unit can be added. */
typedef struct {
  int32_t factor, half, shift;
} fl_back_scale;

/* What brings `channel`, whose own exponent is `own`, to mantissas of `exponent`. */
static inline fl_back_scale fl_back_scale_of(const fl_training *training, int32_t channel, int32_t own, int32_t exponent) {
  const int32_t wanted = FL_BACK_FRACTION + exponent - fl_scaled_exponent(own, training, channel);
  const int32_t shift = wanted > 31 ? 31 : wanted;
  return (fl_back_scale){training->back[channel], 1 << (shift - 1), shift};
}

static inline fl_mantissa fl_scaled(int32_t mantissa, fl_back_scale by) {
  return (fl_mantissa)((mantissa * by.factor + by.half) >> by.shift);
}

#if FL_DSP_GRADIENTS
/*
 * The same for all shifts there are, 15 to 31: half a unit is 2^14 of floor(g * wide / 2^16), which is floor(g * factor /
 * 2^(shift - 15)), and the result begins at bit 15, because floors of floors are one.
 */
enum { FL_WIDE_SHIFT = 15, FL_WIDE_HALF = 1 << (FL_WIDE_SHIFT - 1) };

static FL_INLINE int32_t fl_wide_factor(fl_back_scale by) { return by.factor << (31 - by.shift); }

/*
 * fl_wide_factor of what brings `channel` to mantissas of `exponent`, at once: 16 less what the channel's exponent lacks, at least
 * 0. Of frozen channels 0 is shifted, however far; those without exponent have mantissas of 0 anyway.
 */
static FL_INLINE int32_t fl_wide_back_factor(const fl_training *training, int32_t channel, int32_t own, int32_t exponent) {
  const int32_t left = own + training->back_exponent[channel] - exponent + 16;
  return left < 0 ? training->back[channel] : (int32_t)((uint32_t)training->back[channel] << (left & 31));
}

/* Two sums that begin at bit 15 as a pair. */
static FL_INLINE int32_t fl_pair_of_wide(int32_t low, int32_t high) {
  return fl_low_and_doubled(low >> FL_WIDE_SHIFT, high);
}

static FL_INLINE int32_t fl_scaled_pair(int32_t pair, int32_t wide) {
  return fl_pair_of_wide(fl_wide_low_add(wide, pair, FL_WIDE_HALF), fl_wide_high_add(wide, pair, FL_WIDE_HALF));
}
#endif

static inline void fl_scale_mantissas(const fl_mantissa *from, int32_t count, fl_back_scale by, fl_mantissa *to) {
  int32_t p = 0;
#if FL_DSP_GRADIENTS
  const int32_t wide = fl_wide_factor(by);
  for (; p + 7 < count; p += 8) {
    fl_store_word(to + p, fl_scaled_pair(fl_load_word(from + p), wide));
    fl_store_word(to + p + 2, fl_scaled_pair(fl_load_word(from + p + 2), wide));
    fl_store_word(to + p + 4, fl_scaled_pair(fl_load_word(from + p + 4), wide));
    fl_store_word(to + p + 6, fl_scaled_pair(fl_load_word(from + p + 6), wide));
  }
  for (; p + 1 < count; p += 2) fl_store_word(to + p, fl_scaled_pair(fl_load_word(from + p), wide));
#endif
  for (; p < count; p++) to[p] = fl_scaled(from[p], by);
}

/* Zeroes what the clamp cut off of a plane. */
static inline void fl_close_plane(const uint8_t *mask, int32_t channel, int32_t channels, int32_t pixels, fl_mantissa *plane) {
  if (channels % 8 != 0) {
    for (const fl_mantissa *end = plane + pixels; plane != end; plane++, channel += channels) {
      *plane = (fl_mantissa)(*plane & -fl_mask_bit(mask, channel));
    }
    return;
  }
  /* Where pixels have whole bytes of bits, a channel is one bit of every so many bytes. */
  const int32_t step = channels >> 3, bit = 1 << (channel & 7);
  mask += channel >> 3;
  const fl_mantissa *const end = plane + (pixels & ~1);
  for (; plane != end; plane += 2, mask += 2 * step) {
    if ((mask[0] & bit) == 0) plane[0] = 0;
    if ((mask[step] & bit) == 0) plane[1] = 0;
  }
  if ((pixels & 1) != 0 && (*mask & bit) == 0) *plane = 0;
}

/* `plane`: given by its channel, `channel`; becomes mantissas of `exponent`. */
static inline void fl_scale_plane(const fl_gradient *plane, int32_t channel, int32_t exponent, const fl_training *training,
                                  const uint8_t *mask) {
  const fl_back_scale by = fl_back_scale_of(training, channel, plane->exponents[0], exponent);
  plane->exponents[0] = (int16_t)exponent;
  fl_scale_mantissas(plane->mantissas, plane->pixels, by, plane->mantissas);
  if (mask != NULL) fl_close_plane(mask, channel, plane->channels, plane->pixels, plane->mantissas);
}

#endif
