/*
 * N6.2: one channel of g times its back scale. Header only. RAM: none. Flash: where used, 2 kernels.
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

/* `plane`: given by its channel, `channel`; becomes mantissas of `exponent`. Products stay below 2^30: half a unit can be added. */
static inline void fl_scale_plane(const fl_gradient *plane, int32_t channel, int32_t exponent, const fl_training *training,
                                  const uint8_t *mask) {
  const int32_t factor = training->back[channel];
  const int32_t wanted = FL_BACK_FRACTION + exponent - fl_scaled_exponent(plane->exponents[0], training, channel);
  const int32_t shift = wanted > 31 ? 31 : wanted, half = 1 << (shift - 1);
  int16_t *at = plane->mantissas, *end = at + plane->pixels;
  plane->exponents[0] = (int16_t)exponent;
  if (mask == NULL) {
#if FL_DSP
    for (; end - at > 1; at += 2) {
      const int32_t pair = fl_load_word(at);
      const int32_t low = fl_low_low_add(pair, factor, half), high = fl_high_low_add(pair, factor, half);
      fl_store_word(at, fl_low_halves(low >> shift, high >> shift));
    }
#endif
    for (; at != end; at++) *at = (int16_t)((*at * factor + half) >> shift);
    return;
  }
  for (int32_t index = channel; at != end; at++, index += plane->channels) {
    *at = (int16_t)(fl_mask_bit(mask, index) ? (*at * factor + half) >> shift : 0);
  }
}

#endif
