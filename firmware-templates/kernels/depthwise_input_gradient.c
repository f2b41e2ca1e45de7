#include "fl_kernels.h"

void fl_depthwise_input_gradient(const fl_window *window, const fl_gradient *h, const int8_t *weights,
                                 const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch) {
  const int32_t taps = window->kernel_height * window->kernel_width;
  for (int32_t c = 0; c < h->channels; c++) {
    for (int32_t p = 0; p < output->pixels; p++) scratch[p] = 0;
    fl_spread_plane(window, h->mantissas + c * h->pixels, weights + c * taps, 1, scratch);
    fl_finish_gradient_row(scratch, c, h->exponents[0], rules, output);
  }
}
