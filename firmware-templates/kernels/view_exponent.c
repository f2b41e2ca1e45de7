#include "fl_back_scale.h"

int32_t fl_view_exponent(const fl_gradient_view *view) {
  const fl_gradient *gradient = view->gradient;
  int32_t largest = FL_NO_EXPONENT;
  for (int32_t c = 0; c < gradient->channels; c++) {
    const int32_t own = fl_scaled_exponent(gradient->exponents[c], view->training, c);
    largest = own > largest ? own : largest;
  }
  return largest;
}
