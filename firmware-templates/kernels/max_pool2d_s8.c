#include "fl_kernels.h"
#include "fl_output.h"
#include "fl_pool.h"

static int32_t largest_of(const fl_window *w, const fl_band *band, fl_pooled part, int32_t channel) {
  const int32_t step = w->in_channels;
  int32_t largest = INT8_MIN;
  for (int32_t y = part.y_begin; y < part.y_end; y++) {
    const int8_t *value = fl_input_row(band, y, w->in_width * step) + part.x_begin * step + channel;
    for (int32_t x = part.x_begin; x < part.x_end; x++, value += step) largest = *value > largest ? *value : largest;
  }
  return largest;
}

void fl_max_pool2d_s8(const fl_window *window, const fl_range *range, const fl_band *band) {
  const fl_window *w = window;
  for (int32_t oy = band->from; oy < band->to; oy++) {
    int8_t *output = fl_output_row(band, oy, w->out_width * w->in_channels);
    for (int32_t ox = 0; ox < w->out_width; ox++) {
      const fl_pooled part = fl_pooled_at(w, oy, ox);
      for (int32_t c = 0; c < w->in_channels; c++) {
        *output++ = (int8_t)fl_clamp(largest_of(w, band, part, c), range->low, range->high);
      }
    }
  }
}
