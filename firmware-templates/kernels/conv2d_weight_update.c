#include "fl_kernels.h"

/* Weights are stored OHWI; the canonical index that picks the random number is the position in OIHW (N1). */
void fl_conv2d_weight_update(const fl_window *window, const fl_gradient *h, const int8_t *input, int32_t input_zero,
                             const fl_training *training, const fl_step *step, int8_t *weights) {
  const int32_t inputs = window->in_channels;
  const int32_t taps = window->kernel_height * window->kernel_width;
  const uint32_t key = fl_layer_key(step, training->id);
  for (int32_t o = 0; o < h->channels; o++) {
    if (fl_is_frozen(training, o)) continue;
    const fl_step_scale scale = fl_step_scale_of(training->weight_step[o], training->weight_step_exponent[o], step->weights,
                                                 h->exponents[0], FL_STEP_FRACTION);
    for (int32_t tap = 0; tap < taps; tap++) {
      for (int32_t i = 0; i < inputs; i++) {
        const int32_t gradient = fl_tap_gradient(window, h->mantissas + o * h->pixels, input, input_zero, i, tap);
        const uint32_t canonical = (uint32_t)((o * inputs + i) * taps + tap);
        int8_t *weight = weights + (o * taps + tap) * inputs + i;
        *weight = fl_moved_weight(*weight, fl_step_size(gradient, scale), fl_draw(key, canonical));
      }
    }
  }
}
