#include "fl_kernels.h"
#include "fl_update.h"

void fl_depthwise_weight_update(const fl_window *window, fl_channels range, const fl_gradient *h, const fl_saved_input *saved,
                                const fl_training *training, const fl_step *step, int8_t *weights) {
  const int32_t taps = window->kernel_height * window->kernel_width;
  const int32_t plane = window->in_height * window->in_width;
  const int32_t multiplier = window->out_channels / window->in_channels;
  const int32_t end = range.end < saved->channels ? range.end : saved->channels;
  const uint32_t key = fl_layer_key(step, training->id);
  for (int32_t c = range.first; c < end; c++) {
    if (fl_is_frozen(training, c)) continue;
    const int8_t *input = saved->planes + c / multiplier * plane;
    const fl_gradient own = fl_gradient_from(h, c - range.first);
    const fl_step_scale scale = fl_weight_scale_of(training, step, c, own.exponents[0]);
    for (int32_t tap = 0; tap < taps; tap++) {
      const int32_t gradient = fl_tap_gradient(window, own.mantissas, input, saved->zero, tap);
      const int32_t index = c * taps + tap;
      weights[index] = fl_moved_weight(weights[index], fl_step_size(gradient, scale), fl_draw(key, (uint32_t)index));
    }
  }
}
