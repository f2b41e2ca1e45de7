#include "fl_gather.h"
#include "fl_kernels.h"
#include "fl_mask_fill.h"
#include "fl_output.h"

/* Where the weights of one output channel lie: at each tap so many trained ones, then those that are fixed. */
typedef struct {
  const int8_t *trained, *fixed;
  int32_t taps, inputs, trained_inputs;
} fl_split_row;

/* Sums of two columns, which share the weights. */
typedef struct {
  int32_t first, second;
} fl_column_sums;

static inline fl_column_sums add_run(fl_column_sums sums, const int8_t *weights, const int16_t *first, const int16_t *second,
                                     int32_t count) {
  for (int32_t i = 0; i < count; i++) {
    const int32_t weight = weights[i];
    sums.first += weight * first[i];
    sums.second += weight * second[i];
  }
  return sums;
}

static fl_column_sums sums_of(const fl_split_row *row, const int16_t *first, const int16_t *second) {
  const int8_t *trained = row->trained, *fixed = row->fixed;
  const int32_t inputs = row->inputs, split = row->trained_inputs;
  fl_column_sums sums = {0, 0};
  for (int32_t tap = 0; tap < row->taps; tap++) {
    sums = add_run(sums, trained, first, second, split);
    sums = add_run(sums, fixed + split, first + split, second + split, inputs - split);
    trained += split;
    fixed += inputs;
    first += inputs;
    second += inputs;
  }
  return sums;
}

/* All filters times one or two columns; `second` is `first` where there is one. */
static void put_columns(const fl_filter *filter, const fl_range *range, fl_split_row row, int32_t outputs,
                        const int16_t *first, const int16_t *second, fl_sink to) {
  for (int32_t channel = 0; channel < outputs; channel++) {
    const fl_output output = fl_output_of(filter, range, channel);
    const fl_column_sums sums = sums_of(&row, first, second);
    fl_put(output, sums.first, to, channel);
    if (second != first) fl_put(output, sums.second, to, outputs + channel);
    row.trained += row.taps * row.trained_inputs;
    row.fixed += row.taps * row.inputs;
  }
}

void fl_split_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                        uint8_t *mask, int16_t *scratch) {
  const fl_window *w = window;
  const int32_t taps = w->kernel_height * w->kernel_width;
  const int32_t outputs = w->out_channels;
  const int32_t row_elements = w->out_width * outputs;
  const fl_split_row row = {filter->trained, filter->weights, taps, w->in_channels, filter->trained_inputs};
  fl_map_mask_fill(mask, band->from, w->out_height * row_elements);
  for (int32_t oy = band->from; oy < band->to; oy++) {
    fl_sink to = {fl_output_row(band, oy, row_elements), mask, oy * row_elements};
    for (int32_t ox = 0; ox < w->out_width; ox += 2, to.output += 2 * outputs, to.first += 2 * outputs) {
      int16_t *const second = ox + 1 < w->out_width ? scratch + taps * w->in_channels : scratch;
      fl_gather_column(w, band, range->input_zero, oy, ox, scratch);
      if (second != scratch) fl_gather_column(w, band, range->input_zero, oy, ox + 1, second);
      put_columns(filter, range, row, outputs, scratch, second, to);
    }
  }
}
