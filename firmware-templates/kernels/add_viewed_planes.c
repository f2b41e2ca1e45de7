#include "fl_plain.h"
#include "fl_back_scale.h"
#include "fl_view_sums.h"

static void scaled_plane(const fl_gradient_view *view, int32_t channel, int32_t exponent, fl_mantissa *plane) {
  const fl_gradient g = fl_gradient_from(view->gradient, channel);
  const fl_back_scale by = fl_back_scale_of(view->training, channel, g.exponents[0], exponent);
  for (int32_t p = 0; p < view->pixels; p++) plane[p] = fl_scaled(g.mantissas[p], by);
}

void fl_add_viewed_planes(const fl_view_sums *sums, const fl_gradient_view *view, int32_t output, int32_t exponent,
                          fl_mantissa *scratch) {
  const int32_t pixels = view->pixels, is_pair = output + 1 < view->gradient->channels;
  const fl_mantissa *second = scratch + (is_pair ? pixels : 0);
  scaled_plane(view, output, exponent, scratch);
  if (is_pair) scaled_plane(view, output + 1, exponent, scratch + pixels);
  for (int32_t k = 0; k < sums->count; k++) {
    int32_t *row = sums->rows[k];
    const int32_t a = fl_view_weight(sums, k, output), b = is_pair ? fl_view_weight(sums, k, output + 1) : 0;
    for (int32_t p = 0; p < pixels; p++) row[p] += a * scratch[p] + b * second[p];
  }
}
