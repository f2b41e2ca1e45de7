#include "fl_back_scale.h"

void fl_view_plane(const fl_gradient_view *view, int32_t channel, int32_t exponent, fl_mantissa *plane) {
  const fl_gradient *const gradient = view->gradient;
  const fl_gradient g = fl_gradient_from(gradient, channel);
  fl_scale_mantissas(g.mantissas, view->pixels, fl_back_scale_of(view->training, channel, g.exponents[0], exponent), plane);
  if (view->mask != NULL) fl_close_plane(view->mask, channel, gradient->channels, view->pixels, plane);
}
