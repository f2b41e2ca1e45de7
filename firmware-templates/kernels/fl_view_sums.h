/*
 * Sums of a few channels of an input gradient whose h is viewed (fl_gradient_view). Header only. RAM: none. Flash: where used,
 * 4 kernels.
 */
#ifndef FL_VIEW_SUMS_H
#define FL_VIEW_SUMS_H

#include "fl_back_scale.h"

enum { FL_MOST_VIEW_ROWS = 4, FL_MASK_WORD = 32 /* bits of a mask that are looked at together */ };

/* Rows of sums for as many channels of the output, and their weights. */
typedef struct {
  int32_t *rows[FL_MOST_VIEW_ROWS];
  fl_input_weights weights[FL_MOST_VIEW_ROWS];
  int32_t count; /* 1, 2 or 4 */
} fl_view_sums;

static inline int32_t fl_view_weight(const fl_view_sums *sums, int32_t k, int32_t output) {
  return sums->weights[k].first[output * sums->weights[k].step];
}

/*
 * For channels from `channel` on, of which `left` are wanted. Four rows need the scratch of two: those of the first and the third
 * lie where two planes of `output`, given by that channel, will, if these are of int16.
 */
static inline void fl_begin_view_sums(fl_view_sums *sums, int32_t channel, int32_t left, const fl_split_weights *weights,
                                      const fl_gradient *output, int32_t *scratch) {
  const int32_t pixels = output->pixels;
  if (left < FL_MOST_VIEW_ROWS || 2 * sizeof(fl_mantissa) < sizeof(int32_t)) {
    sums->rows[0] = scratch;
    sums->rows[1] = scratch + pixels;
    sums->count = left < 2 ? left : 2;
  } else {
    int32_t *const first = (int32_t *)(void *)output->mantissas;
    sums->rows[0] = first;
    sums->rows[1] = scratch;
    sums->rows[2] = first + pixels;
    sums->rows[3] = scratch + pixels;
    sums->count = FL_MOST_VIEW_ROWS;
  }
  for (int32_t k = 0; k < sums->count; k++) {
    sums->weights[k] = fl_weights_of_input(weights, channel + k, output->channels);
  }
}

/* The mantissa of a view, scaled or of one number a channel, as if it were open; `exponent` is the one that all share. */
static inline int32_t fl_view_mantissa(const fl_gradient_view *view, int32_t is_scaled, int32_t channel, int32_t pixel,
                                       int32_t exponent) {
  const fl_gradient g = fl_gradient_from(view->gradient, channel);
  if (!is_scaled) return g.mantissas[0];
  return fl_scaled(g.mantissas[pixel], fl_back_scale_of(view->training, channel, g.exponents[0], exponent));
}

static inline void fl_take_closed(const fl_view_sums *sums, const fl_gradient_view *view, int32_t is_scaled, int32_t element,
                                  int32_t exponent) {
  const int32_t channels = view->gradient->channels;
  const int32_t pixel = element / channels, channel = element - pixel * channels;
  const int32_t value = fl_view_mantissa(view, is_scaled, channel, pixel, exponent);
  for (int32_t k = 0; k < sums->count; k++) sums->rows[k][pixel] -= fl_view_weight(sums, k, channel) * value;
}

/* Elements [start, start + 32) whose bit is not set, a bit each. */
static inline uint32_t fl_closed_from(const uint8_t *mask, int32_t start, int32_t elements) {
  if (start + FL_MASK_WORD <= elements) {
    uint32_t open;
    __builtin_memcpy(&open, mask + start / 8, sizeof open);
    return ~open;
  }
  uint32_t closed = 0;
  for (int32_t i = 0; start + i < elements; i++) closed |= (uint32_t)(1 - fl_mask_bit(mask, start + i)) << i;
  return closed;
}

/*
 * Less what closed elements do not get. Clamps of these layers act rarely: most words of the mask are passed over. is_scaled: a
 * constant, so that a kernel has the text of its view only.
 */
static inline void fl_take_all_closed(const fl_view_sums *sums, const fl_gradient_view *view, int32_t is_scaled,
                                      int32_t exponent) {
  const int32_t elements = view->gradient->channels * view->pixels;
  for (int32_t start = 0; start < elements; start += FL_MASK_WORD) {
    uint32_t closed = fl_closed_from(view->mask, start, elements);
    for (; closed != 0; closed &= closed - 1) {
      fl_take_closed(sums, view, is_scaled, start + __builtin_ctz(closed), exponent);
    }
  }
}

/* Order: a row that lies where planes will comes before the plane that would take its end. */
static inline void fl_finish_view_sums(const fl_view_sums *sums, int32_t channel, int32_t exponent,
                                       const fl_gradient_rules *rules, const fl_gradient *output) {
  static const int8_t ORDER[FL_MOST_VIEW_ROWS] = {0, 2, 1, 3};
  for (int32_t n = 0; n < FL_MOST_VIEW_ROWS; n++) {
    const int32_t k = ORDER[n];
    if (k >= sums->count) continue;
    const fl_gradient plane = fl_gradient_from(output, k);
    fl_finish_gradient_row(sums->rows[k], channel + k, exponent, rules, &plane);
  }
}

/*
 * Adds the output channels of a scaled view from `output` on, of exponent `exponent`, as if the clamp had not acted. scratch: four
 * fl_mantissa a pixel.
 */
void fl_add_viewed_planes(const fl_view_sums *sums, const fl_gradient_view *view, int32_t output, int32_t exponent,
                          fl_mantissa *scratch);

#endif
