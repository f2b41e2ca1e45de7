#include "fl_small.h"
#include "fl_back_scale.h"

/* The exponent that all channels take: the largest that one would have of its own. */
static int32_t shared_exponent(const fl_gradient *gradient, const fl_training *training) {
  int32_t largest = FL_NO_EXPONENT;
  for (int32_t c = 0; c < gradient->channels; c++) {
    const int32_t own = fl_scaled_exponent(gradient->exponents[c], training, c);
    largest = own > largest ? own : largest;
  }
  return largest;
}

int32_t fl_scale_gradient(const fl_gradient *gradient, const fl_training *training, const uint8_t *mask) {
  const int32_t exponent = shared_exponent(gradient, training);
  for (int32_t c = 0; c < gradient->channels; c++) {
    const fl_gradient plane = fl_gradient_from(gradient, c);
    fl_scale_plane(&plane, c, exponent, training, mask);
  }
  return exponent != FL_NO_EXPONENT;
}
