#include "fl_kernels.h"
#include "fl_reach.h"

int32_t fl_tap_gradient(const fl_window *window, const fl_mantissa *plane, const int8_t *input, int32_t input_zero, int32_t tap) {
  const fl_window *w = window;
  const int32_t y_offset = tap / w->kernel_width * w->dilation_height - w->pad_top;
  const int32_t x_offset = tap % w->kernel_width * w->dilation_width - w->pad_left;
  const fl_reach ys = fl_reach_of(w->out_height, w->stride_height, y_offset, w->in_height);
  const fl_reach xs = fl_reach_of(w->out_width, w->stride_width, x_offset, w->in_width);
  int32_t sum = 0;
  for (int32_t y = ys.begin; y < ys.end; y++) {
    const fl_mantissa *gradients = plane + y * w->out_width;
    const int32_t row = (y * w->stride_height + y_offset) * w->in_width + x_offset;
    for (int32_t x = xs.begin; x < xs.end; x++) sum += gradients[x] * (input[row + x * w->stride_width] - input_zero);
  }
  return sum;
}
