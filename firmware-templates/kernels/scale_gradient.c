#include <stddef.h>

#include "fl_kernels.h"

enum { BACK_FRACTION = 15 };

static int32_t largest_exponent(const fl_gradient *gradient) {
  int32_t largest = FL_NO_EXPONENT;
  for (int32_t c = 0; c < gradient->channels; c++) {
    if (gradient->exponents[c] > largest) largest = gradient->exponents[c];
  }
  return largest;
}

int32_t fl_scale_gradient(const fl_gradient *gradient, const fl_training *training, const uint8_t *mask) {
  const int32_t largest = largest_exponent(gradient);
  if (largest == FL_NO_EXPONENT) return 0;
  for (int32_t c = 0; c < gradient->channels; c++) {
    int16_t *plane = gradient->mantissas + c * gradient->pixels;
    const int32_t factor = gradient->exponents[c] == FL_NO_EXPONENT ? 0 : training->back[c];
    const int32_t shift = BACK_FRACTION + largest - gradient->exponents[c];
    for (int32_t p = 0; p < gradient->pixels; p++) {
      const int32_t open = mask == NULL || fl_mask_bit(mask, p * gradient->channels + c);
      plane[p] = open ? (int16_t)fl_round_shift(plane[p] * factor, shift) : (int16_t)0;
    }
  }
  gradient->exponents[0] = (int16_t)(largest + training->back_exponent);
  return 1;
}
