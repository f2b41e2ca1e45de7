/* N7 for the weights of one output channel. Header only. RAM: none. Flash: where used, 4 kernels. */
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
  int32_t half;       /* of what the shift takes away */
  int32_t shift;      /* to the right, 0 to 31 */
  int32_t left;       /* or to the left, where steps are that large */
  uint32_t canonical; /* index of the first */
  uint32_t key;       /* of the layer (N8) */
} fl_row_update;

static inline fl_row_update fl_row_update_of(int8_t *weights, fl_step_scale scale, uint32_t canonical, uint32_t key) {
  /* A shift of more than 31 leaves nothing of a product below 2^30; so does one of 31. */
  const int32_t right = scale.shift > 31 ? 31 : scale.shift > 0 ? scale.shift : 0;
  return (fl_row_update){.weights = weights,
                         .factor = scale.factor,
                         .half = right > 0 ? 1 << (right - 1) : 0,
                         .shift = right,
                         .left = scale.shift < 0 ? -scale.shift : 0,
                         .canonical = canonical,
                         .key = key};
}

enum { FL_WEIGHT_STEP_BITS = 19 }; /* FL_WEIGHT_STEP_LIMIT is 2^19 */

/* N7: t, and half of what is shifted away: below 2^31, because factors are below 2^31 - 2^16. */
static inline int32_t fl_step_product(const fl_row_update *row, int32_t gradient) {
#if FL_DSP
  return fl_rounded_high_product_add(gradient, row->factor, row->half);
#else
  return (int32_t)(((int64_t)gradient * row->factor + ((int64_t)1 << 31)) >> 32) + row->half;
#endif
}

/* N7: D, where nothing is shifted to the left; */
static inline int32_t fl_right_step(const fl_row_update *row, int32_t gradient) {
  return fl_step_product(row, gradient) >> row->shift;
}

/* where something is: D, clipped to 2^bits (which N7 does to D anyway); */
static inline int32_t fl_left_step_within(const fl_row_update *row, int32_t gradient, int32_t bits) {
  const int32_t left = row->left < bits ? row->left : bits;
  return fl_saturate(fl_step_product(row, gradient), (1 << bits) >> left) * (1 << left);
}

static inline int32_t fl_left_step(const fl_row_update *row, int32_t gradient) {
  return fl_left_step_within(row, gradient, FL_WEIGHT_STEP_BITS);
}

/* and everywhere, clipped or not. */
static inline int32_t fl_row_step(const fl_row_update *row, int32_t gradient) {
  return row->left == 0 ? fl_right_step(row, gradient) : fl_left_step(row, gradient);
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
  const fl_mantissa *upper, *lower;
  int32_t pixels;
} fl_plane_pair;

/*
 * The part of fl_pointwise_weight_update for two outputs: an outer product of planes, in tiles of two outputs times two inputs.
 * scratch: as there.
 */
void fl_update_two_outputs(const fl_saved_input *saved, const fl_plane_pair *h, const fl_row_update *upper,
                           const fl_row_update *lower, fl_mantissa *scratch);

/* Sums of h * x over the pixels; the zero point comes in afterwards, as zero times the sum of h. */
typedef struct {
  int32_t upper_left, upper_right, lower_left, lower_right;
} fl_tile;

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
