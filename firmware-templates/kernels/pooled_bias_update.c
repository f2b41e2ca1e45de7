#include <stddef.h>

#include "fl_kernels.h"

/* How many pixels of a channel are open. */
static int32_t open_pixels(const fl_gradient_view *view, int32_t channel) {
  const uint8_t *const mask = view->mask;
  if (mask == NULL) return view->pixels;
  const int32_t channels = view->gradient->channels, end = view->pixels * channels;
  int32_t open = 0;
  for (int32_t i = channel; i < end; i += channels) open += fl_mask_bit(mask, i);
  return open;
}

/* A sum of h is bounded by N4, so the product is. */
void fl_pooled_bias_update(const fl_gradient_view *view, const fl_training *training, const fl_step *step, int32_t *bias) {
  const fl_gradient *const gradient = view->gradient;
  for (int32_t c = 0; c < gradient->channels; c++) {
    if (fl_is_frozen(training, c)) continue;
    const int32_t sum = gradient->mantissas[c] * open_pixels(view, c);
    fl_move_bias(c, sum, gradient->exponents[0], training, step, bias);
  }
}
