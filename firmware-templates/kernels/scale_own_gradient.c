#include "fl_back_scale.h"

void fl_scale_own_gradient(fl_channels range, const fl_gradient *gradient, const fl_training *training,
                           const uint8_t *mask) {
  for (int32_t c = range.first; c < range.end; c++) {
    const fl_gradient plane = fl_gradient_from(gradient, c - range.first);
    fl_scale_plane(&plane, c, fl_scaled_exponent(plane.exponents[0], training, c), training, mask);
  }
}
