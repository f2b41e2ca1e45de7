#include "fl_kernels.h"
#include "fl_output.h"
#include "fl_pool.h"

static int32_t sum_of(const fl_window *w, const fl_band *band, fl_pooled part, int32_t channel) {
  const int32_t step = w->in_channels;
  int32_t sum = 0;
  for (int32_t y = part.y_begin; y < part.y_end; y++) {
    const int8_t *value = fl_input_row(band, y, w->in_width * step) + part.x_begin * step + channel;
    for (int32_t x = part.x_begin; x < part.x_end; x++, value += step) sum += *value;
  }
  return sum;
}

void fl_average_pool2d_s8(const fl_window *window, const fl_range *range, const fl_band *band) {
  const fl_window *w = window;
  for (int32_t oy = band->from; oy < band->to; oy++) {
    int8_t *output = fl_output_row(band, oy, w->out_width * w->in_channels);
    for (int32_t ox = 0; ox < w->out_width; ox++) {
      const fl_pooled part = fl_pooled_at(w, oy, ox);
      const int32_t pixels = (part.y_end - part.y_begin) * (part.x_end - part.x_begin);
      for (int32_t c = 0; c < w->in_channels; c++) {
        const int32_t sum = sum_of(w, band, part, c);
        const int32_t mean = (sum > 0 ? sum + pixels / 2 : sum - pixels / 2) / pixels;
        *output++ = (int8_t)fl_clamp(mean, range->low, range->high);
      }
    }
  }
}
