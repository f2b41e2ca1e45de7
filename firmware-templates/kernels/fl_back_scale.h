/*
 * N6.2: one channel of g times its back scale. Header only. RAM: none. Flash: where used, 5 kernels.
 */
#ifndef FL_BACK_SCALE_H
#define FL_BACK_SCALE_H

#include <stddef.h>

#include "fl_kernels.h"
#if FL_DSP
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

static inline int16_t fl_scaled(int32_t mantissa, fl_back_scale by) {
  return (int16_t)((mantissa * by.factor + by.half) >> by.shift);
}

#if FL_DSP
static FL_INLINE int32_t fl_scaled_pair(int32_t pair, fl_back_scale by) {
  const int32_t low = fl_low_low_add(pair, by.factor, by.half), high = fl_high_low_add(pair, by.factor, by.half);
  return fl_low_halves(low >> by.shift, high >> by.shift);
}
#endif

static inline void fl_scale_mantissas(const int16_t *from, int32_t count, fl_back_scale by, int16_t *to) {
  int32_t p = 0;
#if FL_DSP
  for (; p + 7 < count; p += 8) {
    fl_store_word(to + p, fl_scaled_pair(fl_load_word(from + p), by));
    fl_store_word(to + p + 2, fl_scaled_pair(fl_load_word(from + p + 2), by));
    fl_store_word(to + p + 4, fl_scaled_pair(fl_load_word(from + p + 4), by));
    fl_store_word(to + p + 6, fl_scaled_pair(fl_load_word(from + p + 6), by));
  }
  for (; p + 1 < count; p += 2) fl_store_word(to + p, fl_scaled_pair(fl_load_word(from + p), by));
#endif
  for (; p < count; p++) to[p] = fl_scaled(from[p], by);
}

/* Zeroes what the clamp cut off of a plane. */
static inline void fl_close_plane(const uint8_t *mask, int32_t channel, int32_t channels, int32_t pixels, int16_t *plane) {
  if (channels % 8 != 0) {
    for (const int16_t *end = plane + pixels; plane != end; plane++, channel += channels) {
      *plane = (int16_t)(*plane & -fl_mask_bit(mask, channel));
    }
    return;
  }
  /* Where pixels have whole bytes of bits, a channel is one bit of every so many bytes. */
  const int32_t step = channels >> 3, bit = 1 << (channel & 7);
  mask += channel >> 3;
  for (const int16_t *end = plane + pixels; plane != end; plane++, mask += step) {
    if ((*mask & bit) == 0) *plane = 0;
  }
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
