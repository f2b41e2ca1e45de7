#include "fl_mve.h"
#include "fl_rows.h"

#if FL_HAS_MVE

/* Pixels that follow each other in memory, by twos. */
static void run(int32_t pixels, int32_t depth, int32_t outputs, const fl_filter *filter, const fl_range *range,
                const int8_t *input, int8_t *output, int8_t *scratch) {
  for (int32_t pixel = 0; pixel < pixels; pixel += 2) {
    const int32_t some = pixel + 1 < pixels ? 2 : 1;
    fl_mve_copy(input, some * depth, scratch);
    fl_columns_mve(filter, range, scratch, some, depth, outputs, output);
    input += some * depth;
    output += some * outputs;
  }
}

/* Rows from `from` on that follow each other in memory, in both maps. */
static int32_t rows_together(const fl_band *band, int32_t from) {
  const int32_t in = band->input_rows - fl_row_in_ring(from, band->input_rows);
  const int32_t out = band->output_rows - fl_row_in_ring(from, band->output_rows);
  const int32_t together = in < out ? in : out;
  const int32_t left = band->to - from;
  return together < left ? together : left;
}

void fl_pointwise_conv2d_mve(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                             int16_t *scratch) {
  const int32_t depth = window->in_channels, outputs = window->out_channels, width = window->out_width;
  for (int32_t row = band->from, rows; row < band->to; row += rows) {
    rows = rows_together(band, row);
    const int8_t *input = fl_input_row(band, row, width * depth);
    int8_t *output = fl_output_row(band, row, width * outputs);
    run(rows * width, depth, outputs, filter, range, input, output, (int8_t *)scratch);
  }
}

void fl_fully_connected_mve(int32_t rows, int32_t depth, int32_t outputs, const fl_filter *filter, const fl_range *range,
                            const int8_t *input, int8_t *output, int16_t *scratch) {
  run(rows, depth, outputs, filter, range, input, output, (int8_t *)scratch);
}

#endif
