#include <stddef.h>

#include "fl_gradients.h"
#include "fl_pool.h"

enum { SHARE_FRACTION = 15 };

/* floor(2^(15 - exponent) / pixels + .5): one window's 1/n. */
static int32_t share_of(int32_t pixels, int32_t exponent) {
  return (((int32_t)1 << (SHARE_FRACTION + 1 - exponent)) + pixels) / (2 * pixels);
}

static void spread(int32_t *row, const fl_window *w, fl_pooled part, int32_t value) {
  for (int32_t y = part.y_begin; y < part.y_end; y++) {
    for (int32_t x = part.x_begin; x < part.x_end; x++) row[y * w->in_width + x] += value;
  }
}

void fl_average_pool_gradient(const fl_window *window, int32_t exponent, int32_t spare, const fl_gradient *gradient,
                              const fl_gradient_end *end, const fl_gradient *output, int32_t *scratch) {
  const fl_window *w = window;
  for (int32_t c = 0; c < gradient->channels; c++) {
    for (int32_t p = 0; p < output->pixels; p++) scratch[p] = 0;
    const fl_mantissa *value = gradient->mantissas + c * gradient->pixels;
    for (int32_t oy = 0; oy < w->out_height; oy++) {
      for (int32_t ox = 0; ox < w->out_width; ox++) {
        const fl_pooled part = fl_pooled_at(w, oy, ox);
        const int32_t pixels = (part.y_end - part.y_begin) * (part.x_end - part.x_begin);
        spread(scratch, w, part, fl_round_shift(*value++ * share_of(pixels, exponent), spare));
      }
    }
    const int32_t own = gradient->exponents[c];
    const int32_t shared = own == FL_NO_EXPONENT ? own : own + exponent - SHARE_FRACTION + spare;
    fl_close_gradient_row(scratch, c, shared, NULL, end, output);
  }
}
