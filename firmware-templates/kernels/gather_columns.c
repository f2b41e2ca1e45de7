#include "fl_plain.h"
#include "fl_columns.h"
#include "fl_rows.h"

static void gather_column(const fl_window *w, const fl_band *band, int32_t zero, int32_t oy, int32_t ox, int16_t *column) {
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

/* One after the other. */
void fl_gather_columns(const fl_window *window, const fl_band *band, int32_t zero, int32_t oy, int32_t ox, int32_t count,
                       int16_t *columns) {
  const int32_t depth = window->kernel_height * window->kernel_width * window->in_channels;
  for (int32_t i = 0; i < count; i++) gather_column(window, band, zero, oy, ox + i, columns + i * depth);
}
