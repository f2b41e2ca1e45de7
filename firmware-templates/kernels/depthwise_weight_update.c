#include "fl_kernels.h"

void fl_depthwise_weight_update(const fl_window *window, const fl_gradient *h, const int8_t *input, int32_t input_zero,
                                const fl_training *training, const fl_step *step, int8_t *weights) {
  const int32_t taps = window->kernel_height * window->kernel_width;
  const uint32_t key = fl_layer_key(step, training->id);
  for (int32_t c = 0; c < h->channels; c++) {
    if (fl_is_frozen(training, c)) continue;
    const fl_step_scale scale = fl_step_scale_of(training->weight_step[c], training->weight_step_exponent[c], step->weights,
                                                 h->exponents[0], FL_STEP_FRACTION);
    for (int32_t tap = 0; tap < taps; tap++) {
      const int32_t gradient = fl_tap_gradient(window, h->mantissas + c * h->pixels, input, input_zero, c, tap);
      const int32_t index = c * taps + tap;
      weights[index] = fl_moved_weight(weights[index], fl_step_size(gradient, scale), fl_draw(key, (uint32_t)index));
    }
  }
}
