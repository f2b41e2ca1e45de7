#include "fl_small.h"
#include "fl_kernels.h"

static int32_t has_open_pixel(const uint8_t *mask, int32_t pixels, int32_t channels, int32_t channel) {
  for (int32_t p = 0; p < pixels; p++) {
    if (fl_mask_bit(mask, p * channels + channel)) return 1;
  }
  return 0;
}

void fl_close_channels(const uint8_t *mask, int32_t pixels, const fl_gradient *gradient) {
  for (int32_t c = 0; c < gradient->channels; c++) {
    if (has_open_pixel(mask, pixels, gradient->channels, c)) continue;
    gradient->mantissas[c] = 0;
    gradient->exponents[c] = FL_NO_EXPONENT;
  }
}
