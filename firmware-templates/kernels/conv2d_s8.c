#include "fl_kernels.h"
#include "fl_mask_fill.h"

/* The inputs under the kernel at one output pixel, in weight order, 0 where the kernel hangs over the edge. */
static void gather(const fl_window *w, const int8_t *input, int32_t zero, int32_t pixel, int16_t *column) {
  const int32_t top = pixel / w->out_width * w->stride_height - w->pad_top;
  const int32_t left = pixel % w->out_width * w->stride_width - w->pad_left;
  for (int32_t ky = 0; ky < w->kernel_height; ky++) {
    const int32_t y = top + ky * w->dilation_height;
    for (int32_t kx = 0; kx < w->kernel_width; kx++) {
      const int32_t x = left + kx * w->dilation_width;
      const int32_t inside = y >= 0 && y < w->in_height && x >= 0 && x < w->in_width;
      const int8_t *values = input + (inside ? (y * w->in_width + x) * w->in_channels : 0);
      for (int32_t i = 0; i < w->in_channels; i++) *column++ = inside ? (int16_t)(values[i] - zero) : (int16_t)0;
    }
  }
}

void fl_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const int8_t *input,
                  int8_t *output, uint8_t *mask, int16_t *scratch) {
  const int32_t depth = window->kernel_height * window->kernel_width * window->in_channels;
  const int32_t outputs = window->out_channels;
  const int32_t pixels = window->out_height * window->out_width;
  fl_mask_fill(mask, pixels * outputs);
  for (int32_t pixel = 0; pixel < pixels; pixel += 2) {
    const int32_t count = pixel + 1 < pixels ? 2 : 1;
    for (int32_t i = 0; i < count; i++) gather(window, input, range->input_zero, pixel + i, scratch + i * depth);
    fl_columns_s8(scratch, count, depth, outputs, filter, range, output, mask, pixel * outputs);
  }
}
