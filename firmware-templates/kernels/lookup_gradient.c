#include <stddef.h>

#include "fl_gradients.h"

enum { SLOPE_FRACTION = 14 };

void fl_lookup_gradient(const int16_t *slopes, int32_t exponent, const int8_t *input, const fl_gradient *gradient,
                        const fl_gradient_end *end, const fl_gradient *output, int32_t *scratch) {
  for (int32_t c = 0; c < gradient->channels; c++) {
    const fl_mantissa *plane = gradient->mantissas + c * gradient->pixels;
    const int8_t *value = input + c;
    for (int32_t p = 0; p < gradient->pixels; p++, value += gradient->channels) {
      scratch[p] = plane[p] * slopes[(uint8_t)*value];
    }
    const int32_t own = gradient->exponents[c];
    fl_close_gradient_row(scratch, c, own == FL_NO_EXPONENT ? own : own + exponent - SLOPE_FRACTION, NULL, end, output);
  }
}
