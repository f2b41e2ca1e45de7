#include "fl_back_scale.h"

static inline int32_t is_open(const fl_gradient_view *view, int32_t channel, int32_t pixel) {
  return view->mask == NULL || fl_mask_bit(view->mask, pixel * view->gradient->channels + channel);
}

static void scaled_plane(const fl_gradient_view *view, int32_t channel, int32_t exponent, int16_t *plane) {
  const fl_gradient g = fl_gradient_from(view->gradient, channel);
  const int32_t factor = view->training->back[channel];
  const int32_t shift = FL_BACK_FRACTION + exponent - fl_scaled_exponent(g.exponents[0], view->training, channel);
  for (int32_t p = 0; p < view->pixels; p++) {
    plane[p] = is_open(view, channel, p) ? (int16_t)fl_round_shift(g.mantissas[p] * factor, shift) : (int16_t)0;
  }
}

void fl_view_plane(const fl_gradient_view *view, int32_t channel, int32_t exponent, int16_t *plane) {
  if (view->training != NULL) {
    scaled_plane(view, channel, exponent, plane);
    return;
  }
  const int16_t value = view->gradient->mantissas[channel];
  for (int32_t p = 0; p < view->pixels; p++) plane[p] = is_open(view, channel, p) ? value : (int16_t)0;
}
