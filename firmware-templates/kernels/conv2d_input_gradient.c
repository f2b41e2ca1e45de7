#include "fl_spread.h"

void fl_conv2d_input_gradient(const fl_window *window, fl_channels range, const fl_gradient *h,
                              const fl_split_weights *weights, const fl_gradient_rules *rules, const fl_gradient *output,
                              int32_t *scratch) {
  const int32_t taps = window->kernel_height * window->kernel_width;
  fl_spread spread;
  fl_begin_spread(window, &spread);
  for (int32_t i = range.first; i < range.end; i++) {
    const fl_input_weights of = fl_weights_of_input(weights, i, window->in_channels);
    for (int32_t o = 0; o < h->channels; o++) {
      fl_spread_plane(&spread, h->mantissas + o * h->pixels, of.first + o * taps * of.step, of.step, o > 0, scratch);
    }
    const fl_gradient plane = fl_gradient_from(output, i - range.first);
    fl_finish_gradient_row(scratch, i, h->exponents[0], rules, &plane);
  }
}
