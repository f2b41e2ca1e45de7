#include "fl_dsp_kernels.h"
#include "fl_rows.h"

/* Pixels that follow each other in memory. */
static void run(int32_t pixels, int32_t depth, int32_t outputs, const fl_dsp_filter *filter, const int8_t *input,
                int8_t *output, int16_t *scratch) {
  for (int32_t left = pixels, some; left > 0; left -= some) {
    some = fl_dsp_pixels(left);
    fl_widen_dsp(input, some, depth, scratch);
    fl_columns_dsp(filter, scratch, some, depth, outputs, output);
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

void fl_pointwise_conv2d_dsp(const fl_window *window, const fl_dsp_filter *filter, const fl_band *band, int16_t *scratch) {
  const int32_t depth = window->in_channels, outputs = window->out_channels, width = window->out_width;
  for (int32_t row = band->from, rows; row < band->to; row += rows) {
    rows = rows_together(band, row);
    const int8_t *input = fl_input_row(band, row, width * depth);
    run(rows * width, depth, outputs, filter, input, fl_output_row(band, row, width * outputs), scratch);
  }
}

void fl_fully_connected_dsp(int32_t rows, int32_t depth, int32_t outputs, const fl_dsp_filter *filter, const int8_t *input,
                            int8_t *output, int16_t *scratch) {
  run(rows, depth, outputs, filter, input, output, scratch);
}
