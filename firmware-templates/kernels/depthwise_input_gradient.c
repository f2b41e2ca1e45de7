#include "fl_small.h"
#include "fl_spread.h"

void fl_depthwise_input_gradient(const fl_window *window, fl_channels range, const fl_gradient *h,
                                 const fl_split_weights *weights, const fl_gradient_rules *rules, const fl_gradient *output,
                                 int32_t *scratch) {
  const int32_t taps = window->kernel_height * window->kernel_width;
  const int32_t multiplier = window->out_channels / window->in_channels;
  fl_spread spread;
  fl_begin_spread(window, &spread);
  for (int32_t c = range.first; c < range.end; c++) {
    const fl_gradient from = fl_gradient_from(h, (c - range.first) * multiplier);
    const fl_gradient to = fl_gradient_from(output, c - range.first);
    for (int32_t k = 0; k < multiplier; k++) {
      const int32_t o = c * multiplier + k;
      const int8_t *filter = (o < weights->trained_inputs ? weights->trained : weights->fixed) + o * taps;
      fl_spread_plane(&spread, from.mantissas + k * h->pixels, filter, 1, k > 0, scratch);
    }
    fl_finish_gradient_row(scratch, c, from.exponents[0], rules, &to);
  }
}
