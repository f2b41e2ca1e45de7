#include "fl_kernels.h"

void fl_bias_update(const fl_gradient *h, const fl_training *training, const fl_step *step, int32_t *bias) {
  for (int32_t c = 0; c < h->channels; c++) {
    if (fl_is_frozen(training, c)) continue;
    const int16_t *plane = h->mantissas + c * h->pixels;
    int32_t sum = 0;
    for (int32_t p = 0; p < h->pixels; p++) sum += plane[p];
    const fl_step_scale scale = fl_step_scale_of(training->bias_step[c], training->bias_step_exponent[c], step->bias,
                                                 h->exponents[0], FL_BIAS_FRACTION);
    bias[c] = fl_moved_bias(bias[c], fl_step_size(sum, scale));
  }
}
