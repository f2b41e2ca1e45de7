#include "fl_kernels.h"
#include "fl_update.h"

/* Weights are stored OHWI; the canonical index that picks the random number is the position in OIHW of the whole tensor (N1). */
void fl_conv2d_weight_update(const fl_window *window, fl_channels range, const fl_gradient *h, const fl_saved_input *saved,
                             const fl_training *training, const fl_step *step, int8_t *weights) {
  const int32_t inputs = window->in_channels;
  const int32_t taps = window->kernel_height * window->kernel_width;
  const int32_t plane = window->in_height * window->in_width;
  const uint32_t key = fl_layer_key(step, training->id);
  for (int32_t o = range.first; o < range.end; o++) {
    if (fl_is_frozen(training, o)) continue;
    const fl_gradient own = fl_gradient_from(h, o - range.first);
    const fl_step_scale scale = fl_weight_scale_of(training, step, o, own.exponents[0]);
    for (int32_t tap = 0; tap < taps; tap++) {
      int8_t *const row = weights + (o * taps + tap) * saved->channels;
      for (int32_t i = 0; i < saved->channels; i++) {
        const int32_t gradient = fl_tap_gradient(window, own.mantissas, saved->planes + i * plane, saved->zero, tap);
        const uint32_t canonical = (uint32_t)((o * inputs + i) * taps + tap);
        row[i] = fl_moved_weight(row[i], fl_step_size(gradient, scale), fl_draw(key, canonical));
      }
    }
  }
}
