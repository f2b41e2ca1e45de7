#include "fl_plain.h"
#include "fl_reach.h"
#include "fl_spread.h"

void fl_spread_plane(fl_spread *spread, const fl_mantissa *plane, const int8_t *taps, int32_t tap_step, int32_t adds,
                     int32_t *row) {
  const fl_window *w = spread->window;
  const int32_t pixels = w->in_height * w->in_width;
  for (int32_t p = 0; !adds && p < pixels; p++) row[p] = 0;
  for (int32_t ky = 0; ky < w->kernel_height; ky++) {
    const int32_t y_offset = ky * w->dilation_height - w->pad_top;
    const fl_reach ys = fl_reach_of(w->out_height, w->stride_height, y_offset, w->in_height);
    for (int32_t kx = 0; kx < w->kernel_width; kx++, taps += tap_step) {
      const int32_t x_offset = kx * w->dilation_width - w->pad_left;
      const fl_reach xs = fl_reach_of(w->out_width, w->stride_width, x_offset, w->in_width);
      const int32_t weight = *taps;
      for (int32_t y = ys.begin; y < ys.end; y++) {
        const fl_mantissa *from = plane + y * w->out_width;
        const int32_t first = (y * w->stride_height + y_offset) * w->in_width + x_offset;
        for (int32_t x = xs.begin; x < xs.end; x++) row[first + x * w->stride_width] += weight * from[x];
      }
    }
  }
}
