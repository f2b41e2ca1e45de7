#include "fl_kernels.h"

void fl_viewed_bias_update(const fl_gradient_view *view, const fl_training *training, const fl_step *step, int32_t *bias,
                           fl_mantissa *scratch) {
  int16_t exponent = (int16_t)fl_view_exponent(view);
  for (int32_t c = 0; c < view->gradient->channels; c++) {
    const fl_gradient plane = {scratch, &exponent, view->gradient->channels, view->pixels};
    fl_view_plane(view, c, exponent, scratch);
    fl_bias_update((fl_channels){c, c + 1}, &plane, training, step, bias);
  }
}
