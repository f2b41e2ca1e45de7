#include "fl_kernels.h"
#include "fl_mask_fill.h"
#include "fl_rows.h"

/* The inputs under the kernel at one output pixel, in weight order, 0 where the kernel hangs over the edge. */
static void gather(const fl_window *w, const fl_band *band, int32_t zero, int32_t oy, int32_t ox, int16_t *column) {
  const int32_t left = ox * w->stride_width - w->pad_left;
  const int32_t depth = w->in_channels;
  int32_t y = oy * w->stride_height - w->pad_top;
  for (int32_t ky = 0; ky < w->kernel_height; ky++, y += w->dilation_height) {
    const int32_t row_inside = y >= 0 && y < w->in_height;
    const int8_t *row = row_inside ? fl_input_row(band, y, w->in_width * depth) : band->input;
    int32_t x = left;
    for (int32_t kx = 0; kx < w->kernel_width; kx++, x += w->dilation_width) {
      const int32_t inside = row_inside && x >= 0 && x < w->in_width;
      const int8_t *values = row + (inside ? x * depth : 0);
      for (int32_t i = 0; i < depth; i++) *column++ = inside ? (int16_t)(values[i] - zero) : (int16_t)0;
    }
  }
}

void fl_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                  uint8_t *mask, int16_t *scratch) {
  const fl_window *w = window;
  const int32_t depth = w->kernel_height * w->kernel_width * w->in_channels;
  const int32_t outputs = w->out_channels;
  const int32_t row_elements = w->out_width * outputs;
  fl_map_mask_fill(mask, band->from, w->out_height * row_elements);
  for (int32_t oy = band->from; oy < band->to; oy++) {
    fl_sink to = {fl_output_row(band, oy, row_elements), mask, oy * row_elements};
    for (int32_t ox = 0; ox < w->out_width; ox += 2, to.output += 2 * outputs, to.first += 2 * outputs) {
      const int32_t count = ox + 1 < w->out_width ? 2 : 1;
      for (int32_t i = 0; i < count; i++) gather(w, band, range->input_zero, oy, ox + i, scratch + i * depth);
      fl_columns_s8(scratch, count, depth, outputs, filter, range, &to);
    }
  }
}
