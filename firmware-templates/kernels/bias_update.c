#include "fl_kernels.h"
#include "fl_plane_sum.h"

void fl_bias_update(fl_channels range, const fl_gradient *h, const fl_training *training, const fl_step *step,
                    int32_t *bias) {
  const int32_t pixels = h->pixels;
  const fl_mantissa *plane = h->mantissas;
  for (int32_t c = range.first; c < range.end; c++, plane += pixels) {
    if (fl_is_frozen(training, c)) continue;
    fl_move_bias(c, fl_plane_sum(plane, pixels), h->exponents[c - range.first], training, step, bias);
  }
}
