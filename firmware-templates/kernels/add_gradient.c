#include <stddef.h>

#include "fl_gradients.h"

enum { RATIO_FRACTION = 15 };

static int32_t exponent_of(const fl_gradient_term *term, int32_t channel) {
  const int32_t own = term->gradient.exponents[channel];
  return own == FL_NO_EXPONENT ? FL_NO_EXPONENT : own + term->ratio.exponent - RATIO_FRACTION;
}

/* A product is at most 2^29: the sum of two fits. */
static void add_term(int32_t *row, const fl_gradient_term *term, int32_t channel, int32_t exponent) {
  const int32_t own = exponent_of(term, channel);
  if (own == FL_NO_EXPONENT) return;
  const int32_t pixels = term->gradient.pixels;
  const fl_mantissa *plane = term->gradient.mantissas + channel * pixels;
  for (int32_t p = 0; p < pixels; p++) row[p] += fl_round_shift(plane[p] * term->ratio.mantissa, exponent - own);
}

void fl_add_gradient(const fl_gradient_term *terms, int32_t count, const fl_gradient_end *end, const fl_gradient *output,
                     int32_t *scratch) {
  for (int32_t c = 0; c < output->channels; c++) {
    int32_t exponent = FL_NO_EXPONENT;
    for (int32_t i = 0; i < count; i++) {
      const int32_t own = exponent_of(&terms[i], c);
      exponent = own > exponent ? own : exponent;
    }
    for (int32_t p = 0; p < output->pixels; p++) scratch[p] = 0;
    for (int32_t i = 0; i < count; i++) add_term(scratch, &terms[i], c, exponent);
    fl_close_gradient_row(scratch, c, exponent, NULL, end, output);
  }
}
