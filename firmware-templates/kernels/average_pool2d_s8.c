#include "fl_kernels.h"

static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

void fl_average_pool2d_s8(const fl_window *window, const fl_range *range, const int8_t *input, int8_t *output) {
  const fl_window *w = window;
  for (int32_t oy = 0; oy < w->out_height; oy++) {
    const int32_t top = oy * w->stride_height - w->pad_top;
    const int32_t y_begin = larger(top, 0), y_end = smaller(top + w->kernel_height, w->in_height);
    for (int32_t ox = 0; ox < w->out_width; ox++) {
      const int32_t left = ox * w->stride_width - w->pad_left;
      const int32_t x_begin = larger(left, 0), x_end = smaller(left + w->kernel_width, w->in_width);
      const int32_t pixels = (y_end - y_begin) * (x_end - x_begin);
      for (int32_t c = 0; c < w->in_channels; c++) {
        int32_t sum = 0;
        for (int32_t y = y_begin; y < y_end; y++) {
          const int8_t *value = input + (y * w->in_width + x_begin) * w->in_channels + c;
          for (int32_t x = x_begin; x < x_end; x++, value += w->in_channels) sum += *value;
        }
        const int32_t mean = (sum > 0 ? sum + pixels / 2 : sum - pixels / 2) / pixels;
        *output++ = (int8_t)larger(range->low, smaller(mean, range->high));
      }
    }
  }
}
