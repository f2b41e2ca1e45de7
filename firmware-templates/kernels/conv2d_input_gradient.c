#include "fl_kernels.h"

void fl_conv2d_input_gradient(const fl_window *window, const fl_gradient *h, const int8_t *weights,
                              const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch) {
  const int32_t inputs = window->in_channels;
  const int32_t filter = window->kernel_height * window->kernel_width * inputs;
  for (int32_t i = 0; i < inputs; i++) {
    for (int32_t p = 0; p < output->pixels; p++) scratch[p] = 0;
    for (int32_t o = 0; o < h->channels; o++) {
      fl_spread_plane(window, h->mantissas + o * h->pixels, weights + o * filter + i, inputs, scratch);
    }
    fl_finish_gradient_row(scratch, i, h->exponents[0], rules, output);
  }
}
