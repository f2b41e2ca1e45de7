#include "fl_plain.h"
#include "fl_back_scale.h"
#include "fl_view_sums.h"

static void add_plane(const fl_view_sums *sums, int32_t output, int32_t pixels, const fl_mantissa *plane) {
  for (int32_t k = 0; k < sums->count; k++) {
    const int32_t weight = fl_view_weight(sums, k, output);
    for (int32_t p = 0; p < pixels; p++) sums->rows[k][p] += weight * plane[p];
  }
}

void fl_add_viewed_planes(const fl_view_sums *sums, const fl_gradient_view *view, int32_t output, int32_t exponent,
                          fl_mantissa *scratch) {
  for (int32_t o = output; o < view->gradient->channels; o++) {
    const fl_gradient g = fl_gradient_from(view->gradient, o);
    const fl_back_scale by = fl_back_scale_of(view->training, o, g.exponents[0], exponent);
    fl_scale_mantissas(g.mantissas, view->pixels, by, scratch);
    add_plane(sums, o, view->pixels, scratch);
  }
}
