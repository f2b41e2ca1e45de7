#include "fl_plain.h"
#include "fl_columns.h"
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

void fl_split_columns_s8(const int16_t *columns, int32_t count, const fl_window *window, const fl_filter *filter,
                         const fl_range *range, const fl_sink *sink) {
  const int32_t taps = window->kernel_height * window->kernel_width, outputs = window->out_channels;
  fl_split_row row = {filter->trained, filter->weights, taps, window->in_channels, filter->trained_inputs};
  const int16_t *const second = count == 2 ? columns + taps * window->in_channels : columns;
  for (int32_t channel = 0; channel < outputs; channel++) {
    const fl_output output = fl_output_of(filter, range, channel);
    const fl_column_sums sums = sums_of(&row, columns, second);
    fl_put(output, sums.first, *sink, channel);
    if (count == 2) fl_put(output, sums.second, *sink, outputs + channel);
    row.trained += row.taps * row.trained_inputs;
    row.fixed += row.taps * row.inputs;
  }
}
