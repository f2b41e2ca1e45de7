#include <stddef.h>

#include "fl_kernels.h"

enum { MOST = 4, BITS = 8, ALL_OPEN = 0xff };

/* Rows of sums for as many channels of the output, and their weights. */
typedef struct {
  int32_t *rows[MOST];
  fl_input_weights weights[MOST];
  int32_t count;
} fl_rows;

/* Four rows need the scratch of two: those of the first and the third channel lie where two planes of the output will. */
static void place_rows(fl_rows *sums, const fl_gradient *output, int32_t left, int32_t *scratch) {
  const int32_t pixels = output->pixels;
  if (left < MOST) {
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
  sums->count = MOST;
}

static void fill_row(int32_t *row, int32_t pixels, int32_t value) {
  for (int32_t p = 0; p < pixels; p++) row[p] = value;
}

static inline int32_t weight_of(const fl_rows *sums, int32_t k, int32_t output) {
  return sums->weights[k].first[output * sums->weights[k].step];
}

/* One number a channel: what all pixels would get, */
static void sum_open(const fl_rows *sums, const fl_gradient_view *view) {
  for (int32_t k = 0; k < sums->count; k++) {
    int32_t sum = 0;
    for (int32_t o = 0; o < view->gradient->channels; o++) sum += weight_of(sums, k, o) * view->gradient->mantissas[o];
    fill_row(sums->rows[k], view->pixels, sum);
  }
}

/* less what closed ones do not get. Clamps act rarely, so most bytes of the mask are passed over. */
static void take_closed(const fl_rows *sums, const fl_gradient_view *view) {
  const int32_t channels = view->gradient->channels;
  const int32_t elements = channels * view->pixels;
  for (int32_t start = 0; start < elements; start += BITS) {
    const uint32_t open = view->mask[start / BITS];
    if (open == ALL_OPEN) continue;
    for (int32_t i = start; i < start + BITS && i < elements; i++) {
      if ((open >> (i - start)) & 1) continue;
      const int32_t pixel = i / channels, channel = i - pixel * channels;
      const int32_t value = view->gradient->mantissas[channel];
      for (int32_t k = 0; k < sums->count; k++) sums->rows[k][pixel] -= weight_of(sums, k, channel) * value;
    }
  }
}

/* Two planes at a time; the last alone. */
static void sum_planes(const fl_rows *sums, const fl_gradient_view *view, int32_t exponent, int16_t *planes) {
  const int32_t channels = view->gradient->channels, pixels = view->pixels;
  int16_t *second = planes + pixels;
  for (int32_t k = 0; k < sums->count; k++) fill_row(sums->rows[k], pixels, 0);
  for (int32_t o = 0; o < channels; o += 2) {
    const int32_t is_pair = o + 1 < channels;
    fl_view_plane(view, o, exponent, planes);
    if (is_pair) fl_view_plane(view, o + 1, exponent, second);
    for (int32_t k = 0; k < sums->count; k++) {
      int32_t *row = sums->rows[k];
      const int32_t a = weight_of(sums, k, o), b = is_pair ? weight_of(sums, k, o + 1) : 0;
      if (is_pair) {
        for (int32_t p = 0; p < pixels; p++) row[p] += a * planes[p] + b * second[p];
      } else {
        for (int32_t p = 0; p < pixels; p++) row[p] += a * planes[p];
      }
    }
  }
}

/* A row that lies where planes will comes before the plane that would take its end. */
static const int8_t ORDER[MOST] = {0, 2, 1, 3};

void fl_viewed_input_gradient(fl_channels range, const fl_gradient_view *view, const fl_split_weights *weights,
                              const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch) {
  const int32_t exponent = fl_view_exponent(view);
  fl_rows sums;
  for (int32_t i = range.first; i < range.end; i += sums.count) {
    const fl_gradient to = fl_gradient_from(output, i - range.first);
    place_rows(&sums, &to, range.end - i, scratch);
    for (int32_t k = 0; k < sums.count; k++) sums.weights[k] = fl_weights_of_input(weights, i + k, output->channels);
    if (view->training == NULL) {
      sum_open(&sums, view);
      if (view->mask != NULL) take_closed(&sums, view);
    } else {
      sum_planes(&sums, view, exponent, (int16_t *)(void *)(scratch + 2 * output->pixels));
    }
    for (int32_t n = 0; n < MOST; n++) {
      const int32_t k = ORDER[n];
      if (k >= sums.count) continue;
      const fl_gradient plane = fl_gradient_from(&to, k);
      fl_finish_gradient_row(sums.rows[k], i + k, exponent, rules, &plane);
    }
  }
}
