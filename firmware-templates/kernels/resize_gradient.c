#include <stddef.h>

#include "fl_gradients.h"

void fl_resize_gradient(const fl_resize *resize, const fl_gradient *gradient, const fl_gradient_end *end,
                        const fl_gradient *output, int32_t *scratch) {
  for (int32_t c = 0; c < gradient->channels; c++) {
    for (int32_t p = 0; p < output->pixels; p++) scratch[p] = 0;
    const fl_mantissa *value = gradient->mantissas + c * gradient->pixels;
    for (int32_t y = 0; y < gradient->pixels / resize->out_width; y++) {
      int32_t *row = scratch + resize->rows[y] * resize->in_width;
      for (int32_t x = 0; x < resize->out_width; x++) row[resize->columns[x]] += *value++;
    }
    fl_close_gradient_row(scratch, c, gradient->exponents[c], NULL, end, output);
  }
}
