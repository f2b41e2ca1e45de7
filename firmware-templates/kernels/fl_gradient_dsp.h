/*
 * What the kernels of the backward pass for cores with DSP instructions share. Header only. RAM: none. Only where
 * FL_DSP_GRADIENTS is defined (fl_plain.h).
 */
#ifndef FL_GRADIENT_DSP_H
#define FL_GRADIENT_DSP_H

#include "fl_dsp.h"
#include "fl_kernels.h"
#include "fl_spread.h"

/* The plain kernels under their other names (fl_plain.h). */
void fl_pointwise_input_gradient_plain(fl_channels range, const fl_gradient *h, const fl_split_weights *weights,
                                       const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch);
void fl_spread_plane_plain(fl_spread *spread, const int16_t *plane, const int8_t *taps, int32_t tap_step, int32_t adds,
                           int32_t *row);

/* Two bytes, wherever they lie. */
static FL_INLINE int32_t fl_load_half(const void *at) {
  uint16_t half;
  __builtin_memcpy(&half, at, sizeof half);
  return half;
}

/* fl_round_shift for |value| < 2^30 and shifts up to 30, or for |value| < 2^16 and any shift: one sum, one shift. */
enum { FL_MOST_HALF_SHIFT = 30 };

typedef struct {
  int32_t half, shift;
} fl_half_shift;

static FL_INLINE fl_half_shift fl_half_shift_of(int32_t shift) {
  const int32_t by = shift < 0 ? 0 : shift > FL_MOST_HALF_SHIFT ? FL_MOST_HALF_SHIFT : shift;
  return (fl_half_shift){by == 0 ? 0 : (int32_t)(1u << (uint32_t)(by - 1)), by};
}

static FL_INLINE int32_t fl_shifted(int32_t value, fl_half_shift by) { return (value + by.half) >> by.shift; }

#endif
