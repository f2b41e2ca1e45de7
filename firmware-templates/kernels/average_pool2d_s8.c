#include "fl_small.h"
#include "fl_kernels.h"
#include "fl_output.h"
#include "fl_pool.h"

/* Channels that are summed together: a pixel is found once for all of them. */
enum { TOGETHER = 4 };

/* The sums of up to TOGETHER channels, the first of them at `channel`. */
static inline void add_up(const fl_window *w, const fl_band *band, fl_pooled part, int32_t channel, int32_t channels,
                          int32_t *sums) {
  const int32_t step = w->in_channels;
  int32_t first = 0, second = 0, third = 0, fourth = 0;
  for (int32_t y = part.y_begin; y < part.y_end; y++) {
    const int8_t *value = fl_input_row(band, y, w->in_width * step) + part.x_begin * step + channel;
    for (int32_t x = part.x_begin; x < part.x_end; x++, value += step) {
      first += value[0];
      if (channels > 1) second += value[1];
      if (channels > 2) third += value[2];
      if (channels > 3) fourth += value[3];
    }
  }
  sums[0] = first;
  sums[1] = second;
  sums[2] = third;
  sums[3] = fourth;
}

static int8_t *put_means(const fl_range *range, int32_t pixels, const int32_t *sums, int32_t channels, int8_t *output) {
  for (int32_t c = 0; c < channels; c++) {
    const int32_t mean = (sums[c] > 0 ? sums[c] + pixels / 2 : sums[c] - pixels / 2) / pixels;
    *output++ = (int8_t)fl_clamp(mean, range->low, range->high);
  }
  return output;
}

void fl_average_pool2d_s8(const fl_window *window, const fl_range *range, const fl_band *band) {
  const fl_window *w = window;
  int32_t sums[TOGETHER];
  for (int32_t oy = band->from; oy < band->to; oy++) {
    int8_t *output = fl_output_row(band, oy, w->out_width * w->in_channels);
    for (int32_t ox = 0; ox < w->out_width; ox++) {
      const fl_pooled part = fl_pooled_at(w, oy, ox);
      const int32_t pixels = (part.y_end - part.y_begin) * (part.x_end - part.x_begin);
      int32_t c = 0;
      for (; c + TOGETHER <= w->in_channels; c += TOGETHER) {
        add_up(w, band, part, c, TOGETHER, sums);
        output = put_means(range, pixels, sums, TOGETHER, output);
      }
      for (; c < w->in_channels; c++) {
        add_up(w, band, part, c, 1, sums);
        output = put_means(range, pixels, sums, 1, output);
      }
    }
  }
}
