#include "fl_small.h"
#include "fl_columns.h"
#include "fl_kernels.h"
#include "fl_mask_fill.h"
#include "fl_rows.h"

/* Rows from `from` on that follow each other in memory, in both maps. */
static int32_t rows_together(const fl_band *band, int32_t from) {
  const int32_t in = band->input_rows - fl_row_in_ring(from, band->input_rows);
  const int32_t out = band->output_rows - fl_row_in_ring(from, band->output_rows);
  const int32_t together = in < out ? in : out;
  const int32_t left = band->to - from;
  return together < left ? together : left;
}

void fl_pointwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                            uint8_t *mask, int16_t *scratch) {
  const int32_t depth = window->in_channels;
  const int32_t outputs = window->out_channels;
  const int32_t width = window->out_width;
  fl_map_mask_fill(mask, band->from, window->out_height * width * outputs);
  for (int32_t row = band->from, rows; row < band->to; row += rows) {
    rows = rows_together(band, row);
    const int32_t pixels = rows * width;
    const int8_t *values = fl_input_row(band, row, width * depth);
    fl_sink to = {fl_output_row(band, row, width * outputs), mask, row * width * outputs};
    for (int32_t pixel = 0, count; pixel < pixels; pixel += count) {
      count = fl_columns_next(pixels - pixel, window->together);
      fl_widen_columns(values, count, depth, range->input_zero, scratch);
      fl_columns_s8(scratch, count, depth, outputs, filter, range, &to);
      values += count * depth;
      to.output += count * outputs;
      to.first += count * outputs;
    }
  }
}
