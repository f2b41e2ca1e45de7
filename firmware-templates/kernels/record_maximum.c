#include "fl_gradients.h"
#include "fl_pool.h"

/* The first tap of the part that is as large as any, counted in the whole window. */
static int32_t first_largest(const fl_window *w, const int8_t *channel, fl_pooled part, int32_t top, int32_t left) {
  int32_t best = 0, largest = INT8_MIN - 1;
  for (int32_t y = part.y_begin; y < part.y_end; y++) {
    for (int32_t x = part.x_begin; x < part.x_end; x++) {
      const int32_t value = channel[(y * w->in_width + x) * w->in_channels];
      if (value <= largest) continue;
      largest = value;
      best = (y - top) * w->kernel_width + x - left;
    }
  }
  return best;
}

void fl_record_maximum(const fl_window *window, const int8_t *input, uint8_t *taps) {
  const fl_window *w = window;
  for (int32_t oy = 0; oy < w->out_height; oy++) {
    for (int32_t ox = 0; ox < w->out_width; ox++) {
      const fl_pooled part = fl_pooled_at(w, oy, ox);
      const int32_t top = oy * w->stride_height - w->pad_top, left = ox * w->stride_width - w->pad_left;
      for (int32_t c = 0; c < w->in_channels; c++) *taps++ = (uint8_t)first_largest(w, input + c, part, top, left);
    }
  }
}
