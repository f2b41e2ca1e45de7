/* N7 for the weights of one output channel. Header only. RAM: none. Flash: where used, 3 kernels. */
#ifndef FL_UPDATE_H
#define FL_UPDATE_H

#include <stddef.h>

#include "fl_kernels.h"
#if FL_DSP
#include "fl_dsp.h"
#endif

/* `exponent`: of the gradient of output channel `channel`. */
static inline fl_step_scale fl_weight_scale_of(const fl_training *training, const fl_step *step, int32_t channel,
                                               int32_t exponent) {
  return fl_step_scale_of(training->weight_step[channel], training->weight_step_exponent[channel], step->weights, exponent,
                          FL_STEP_FRACTION);
}

/* The weights of one output channel that follow each other in memory and in canonical order (N1). */
typedef struct {
  int8_t *weights;    /* NULL: none is to move */
  int32_t factor;     /* of fl_step_scale */
  int32_t shift;      /* and that, less 1; -1: steps are too large for a shift to the right */
  int32_t left;       /* then the shift to the left */
  uint32_t canonical; /* index of the first */
  uint32_t key;       /* of the layer (N8) */
} fl_row_update;

static inline fl_row_update fl_row_update_of(int8_t *weights, fl_step_scale scale, uint32_t canonical, uint32_t key) {
  /* A shift of more than 31 leaves nothing of a product below 2^30; so does one of 31. */
  const int32_t right = scale.shift > 31 ? 31 : scale.shift;
  return (fl_row_update){weights,   scale.factor, right > 0 ? right - 1 : -1, right > 0 ? 0 : -right,
                         canonical, key};
}

/* N7: D. */
static inline int32_t fl_row_step(const fl_row_update *row, int32_t gradient) {
#if FL_DSP
  const int32_t high = fl_rounded_high_product(gradient, row->factor);
#else
  const int32_t high = (int32_t)(((int64_t)gradient * row->factor + ((int64_t)1 << 31)) >> 32);
#endif
  if (row->shift >= 0) return ((high >> row->shift) + 1) >> 1;
  return fl_saturating_shift_left(high, row->left, INT32_MAX);
}

/* Weight `at` of the row. */
static inline void fl_move_one(const fl_row_update *row, int32_t at, int32_t gradient) {
  const int32_t draw = fl_draw(row->key, row->canonical + (uint32_t)at);
  row->weights[at] = fl_moved_weight(row->weights[at], fl_row_step(row, gradient), draw);
}

/* Weights `at` and `at` + 1: two numbers of one word are drawn at once (N8). */
static inline void fl_move_two(const fl_row_update *row, int32_t at, int32_t first, int32_t second) {
  const uint32_t canonical = row->canonical + (uint32_t)at;
  if ((canonical & 1u) != 0) {
    fl_move_one(row, at, first);
    fl_move_one(row, at + 1, second);
    return;
  }
  int8_t *const weights = row->weights + at;
  const uint32_t word = fl_hash(row->key + (canonical >> 1));
  weights[0] = fl_moved_weight(weights[0], fl_row_step(row, first), (int32_t)(word & 0xffffu));
  weights[1] = fl_moved_weight(weights[1], fl_row_step(row, second), (int32_t)(word >> 16));
}

/* Planes of h of one or two output channels: `lower` is `upper` where there is one. */
typedef struct {
  const int16_t *upper, *lower;
  int32_t pixels;
} fl_plane_pair;

/*
 * The part of fl_pointwise_weight_update for two outputs: an outer product of planes, in tiles of two outputs times two inputs.
 * scratch: as there.
 */
void fl_update_two_outputs(const fl_saved_input *saved, const fl_plane_pair *h, const fl_row_update *upper,
                           const fl_row_update *lower, int16_t *scratch);

/* Sums of h * x over the pixels; the zero point comes in afterwards, as zero times the sum of h. */
typedef struct {
  int32_t upper_left, upper_right, lower_left, lower_right;
} fl_tile;

static inline int32_t fl_plane_sum(const int16_t *plane, int32_t pixels) {
  int32_t sum = 0;
  for (int32_t p = 0; p < pixels; p++) sum += plane[p];
  return sum;
}

/* Moves the weights of two outputs from input `at` on: of two inputs, of one where `is_pair` is 0. */
static inline void fl_move_tile(const fl_row_update *upper, const fl_row_update *lower, int32_t at, int32_t is_pair, fl_tile t) {
  if (!is_pair) {
    if (upper->weights != NULL) fl_move_one(upper, at, t.upper_left);
    if (lower->weights != NULL) fl_move_one(lower, at, t.lower_left);
    return;
  }
  if (upper->weights != NULL) fl_move_two(upper, at, t.upper_left, t.upper_right);
  if (lower->weights != NULL) fl_move_two(lower, at, t.lower_left, t.lower_right);
}

#endif
