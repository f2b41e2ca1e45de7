#include <stddef.h>

#include "fl_back_scale.h"
#include "fl_fill_row.h"
#include "fl_view_sums.h"

enum { WORD = 32 }; /* bits of a mask that are looked at together */

/*
 * Four rows need the scratch of two: those of the first and the third channel lie where two planes of the output will, if these are
 * of int16.
 */
static void place_rows(fl_view_sums *sums, const fl_gradient *output, int32_t left, int32_t *scratch) {
  const int32_t pixels = output->pixels;
  if (left < FL_MOST_VIEW_ROWS || 2 * sizeof(fl_mantissa) < sizeof(int32_t)) {
    sums->rows[0] = scratch;
    sums->rows[1] = scratch + pixels;
    sums->count = left < 2 ? left : 2;
    return;
  }
  int32_t *first = (int32_t *)(void *)output->mantissas;
  sums->rows[0] = first;
  sums->rows[1] = scratch;
  sums->rows[2] = first + pixels;
  sums->rows[3] = scratch + pixels;
  sums->count = FL_MOST_VIEW_ROWS;
}

#if FL_DSP_GRADIENTS
/* Of four rows whose weights lie side by side. */
static void sum_four_constants(const fl_view_sums *sums, const fl_gradient_view *view) {
  const int32_t step = sums->weights[0].step;
  const int8_t *weight = sums->weights[0].first;
  const fl_mantissa *value = view->gradient->mantissas, *end = value + view->gradient->channels;
  int32_t a = 0, b = 0, c = 0, d = 0;
  for (; value != end; value++, weight += step) {
    const int32_t four = fl_load_word(weight), even = fl_even_bytes(four), odd = fl_odd_bytes(four);
    a = fl_low_low_add(even, *value, a);
    b = fl_low_low_add(odd, *value, b);
    c = fl_high_low_add(even, *value, c);
    d = fl_high_low_add(odd, *value, d);
  }
  fl_fill_row(sums->rows[0], view->pixels, a);
  fl_fill_row(sums->rows[1], view->pixels, b);
  fl_fill_row(sums->rows[2], view->pixels, c);
  fl_fill_row(sums->rows[3], view->pixels, d);
}
#endif

/* One number a channel: what all pixels would get. */
static void sum_constants(const fl_view_sums *sums, const fl_gradient_view *view) {
#if FL_DSP_GRADIENTS
  if (sums->count == FL_MOST_VIEW_ROWS && sums->weights[3].first == sums->weights[0].first + 3) {
    sum_four_constants(sums, view);
    return;
  }
#endif
  const int32_t channels = view->gradient->channels;
  const fl_mantissa *const values = view->gradient->mantissas;
  for (int32_t k = 0; k < sums->count; k++) {
    const int32_t step = sums->weights[k].step;
    const int8_t *weight = sums->weights[k].first;
    int32_t sum = 0;
    for (int32_t o = 0; o < channels; o++, weight += step) sum += *weight * values[o];
    fl_fill_row(sums->rows[k], view->pixels, sum);
  }
}

static void sum_planes(const fl_view_sums *sums, const fl_gradient_view *view, int32_t exponent, fl_mantissa *planes) {
  for (int32_t k = 0; k < sums->count; k++) fl_fill_row(sums->rows[k], view->pixels, 0);
  for (int32_t o = 0; o < view->gradient->channels; o += 2) fl_add_viewed_planes(sums, view, o, exponent, planes);
}

/* A mantissa of h as if it were open. */
static int32_t mantissa_of(const fl_gradient_view *view, int32_t channel, int32_t pixel, int32_t exponent) {
  const fl_gradient *gradient = view->gradient;
  if (view->training == NULL) return gradient->mantissas[channel];
  const fl_back_scale by = fl_back_scale_of(view->training, channel, gradient->exponents[channel], exponent);
  return fl_scaled(gradient->mantissas[channel * gradient->pixels + pixel], by);
}

static void take_closed(const fl_view_sums *sums, const fl_gradient_view *view, int32_t element, int32_t exponent) {
  const int32_t channels = view->gradient->channels;
  const int32_t pixel = element / channels, channel = element - pixel * channels;
  const int32_t value = mantissa_of(view, channel, pixel, exponent);
  for (int32_t k = 0; k < sums->count; k++) sums->rows[k][pixel] -= fl_view_weight(sums, k, channel) * value;
}

/* The same of the elements of a word of the mask. */
static void take_closed_of(const fl_view_sums *sums, const fl_gradient_view *view, uint32_t closed, int32_t start,
                           int32_t exponent) {
  for (int32_t i = 0; closed != 0; i++, closed >>= 1) {
    if ((closed & 1) != 0) take_closed(sums, view, start + i, exponent);
  }
}

/* Less what closed elements do not get. Clamps of these layers act rarely: most words of the mask are passed over. */
static void take_all_closed(const fl_view_sums *sums, const fl_gradient_view *view, int32_t exponent) {
  const int32_t elements = view->gradient->channels * view->pixels;
  const uint8_t *at = view->mask;
  int32_t start = 0;
  for (; start + WORD <= elements; start += WORD, at += sizeof(uint32_t)) {
    uint32_t open;
    __builtin_memcpy(&open, at, sizeof open);
    if (~open != 0) take_closed_of(sums, view, ~open, start, exponent);
  }
  for (; start < elements; start++) {
    if (!fl_mask_bit(view->mask, start)) take_closed(sums, view, start, exponent);
  }
}

/* A row that lies where planes will comes before the plane that would take its end. */
static const int8_t ORDER[FL_MOST_VIEW_ROWS] = {0, 2, 1, 3};

void fl_viewed_input_gradient(fl_channels range, const fl_gradient_view *view, const fl_split_weights *weights,
                              const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch) {
  const int32_t exponent = fl_view_exponent(view);
  fl_view_sums sums;
  for (int32_t i = range.first; i < range.end; i += sums.count) {
    const fl_gradient to = fl_gradient_from(output, i - range.first);
    place_rows(&sums, &to, range.end - i, scratch);
    for (int32_t k = 0; k < sums.count; k++) sums.weights[k] = fl_weights_of_input(weights, i + k, output->channels);
    if (view->training == NULL) sum_constants(&sums, view);
    else sum_planes(&sums, view, exponent, (fl_mantissa *)(void *)(scratch + 2 * output->pixels));
    if (view->mask != NULL) take_all_closed(&sums, view, exponent);
    for (int32_t n = 0; n < FL_MOST_VIEW_ROWS; n++) {
      const int32_t k = ORDER[n];
      if (k >= sums.count) continue;
      const fl_gradient plane = fl_gradient_from(&to, k);
      fl_finish_gradient_row(sums.rows[k], i + k, exponent, rules, &plane);
    }
  }
}
