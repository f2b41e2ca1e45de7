#include <stddef.h>

#include "fl_gradients.h"

void fl_max_pool_gradient(const fl_window *window, const uint8_t *taps, const fl_gradient *gradient,
                          const fl_gradient_end *end, const fl_gradient *output, int32_t *scratch) {
  const fl_window *w = window;
  for (int32_t c = 0; c < gradient->channels; c++) {
    for (int32_t p = 0; p < output->pixels; p++) scratch[p] = 0;
    const fl_mantissa *value = gradient->mantissas + c * gradient->pixels;
    const uint8_t *tap = taps + c;
    for (int32_t oy = 0; oy < w->out_height; oy++) {
      for (int32_t ox = 0; ox < w->out_width; ox++, tap += gradient->channels) {
        const int32_t y = oy * w->stride_height - w->pad_top + *tap / w->kernel_width;
        const int32_t x = ox * w->stride_width - w->pad_left + *tap % w->kernel_width;
        scratch[y * w->in_width + x] += *value++;
      }
    }
    fl_close_gradient_row(scratch, c, gradient->exponents[c], NULL, end, output);
  }
}
