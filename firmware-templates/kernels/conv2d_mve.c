#include <stddef.h>

#include "fl_mve.h"
#include "fl_rows.h"

#if FL_HAS_MVE

/* How the columns of a kernel lie at an output pixel: some before the map, some in it, some behind it. */
typedef struct {
  int32_t before, inside, behind;
  int32_t from; /* the map's column where `inside` begins */
} fl_span;

static fl_span span_at(const fl_window *w, int32_t left) {
  const int32_t taps = w->kernel_width, right = left + taps;
  const int32_t before = left >= 0 ? 0 : -left < taps ? -left : taps;
  const int32_t over = right <= w->in_width ? 0 : right - w->in_width;
  const int32_t behind = over < taps - before ? over : taps - before;
  return (fl_span){before, taps - before - behind, behind, left + before};
}

/* One row of the kernel, without dilation. */
static FL_INLINE int8_t *gather_run(const int8_t *values, fl_span span, int32_t depth, int8_t zero, int8_t *to) {
  if (span.before > 0) to = fl_mve_fill(zero, span.before * depth, to);
  to = fl_mve_copy(values + span.from * depth, span.inside * depth, to);
  if (span.behind > 0) to = fl_mve_fill(zero, span.behind * depth, to);
  return to;
}

static int8_t *gather_dilated(const fl_window *w, const int8_t *values, int32_t left, int8_t zero, int8_t *to) {
  const int32_t depth = w->in_channels;
  for (int32_t kx = 0, x = left; kx < w->kernel_width; kx++, x += w->dilation_width) {
    to = x >= 0 && x < w->in_width ? fl_mve_copy(values + x * depth, depth, to) : fl_mve_fill(zero, depth, to);
  }
  return to;
}

/* The inputs under the kernel at one output pixel, in weight order, the zero point where it hangs over the edge. */
static int8_t *gather(const fl_window *w, const fl_band *band, int8_t zero, int32_t oy, int32_t ox, int8_t *to) {
  const int32_t left = ox * w->stride_width - w->pad_left, depth = w->in_channels, row_bytes = w->in_width * depth;
  const fl_span span = span_at(w, left);
  int32_t y = oy * w->stride_height - w->pad_top;
  const int8_t *const end = band->input + band->input_rows * row_bytes;
  const int8_t *values = NULL;
  for (int32_t ky = 0; ky < w->kernel_height; ky++, y += w->dilation_height) {
    if (y < 0 || y >= w->in_height) {
      to = fl_mve_fill(zero, w->kernel_width * depth, to);
      continue;
    }
    if (values == NULL) values = fl_input_row(band, y, row_bytes);
    to = w->dilation_width == 1 ? gather_run(values, span, depth, zero, to) : gather_dilated(w, values, left, zero, to);
    values += w->dilation_height * row_bytes;
    while (values >= end) values -= end - band->input;
  }
  return to;
}

void fl_conv2d_mve(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                   int16_t *scratch) {
  const fl_window *w = window;
  const int32_t outputs = w->out_channels, width = w->out_width;
  const int32_t depth = w->kernel_height * w->kernel_width * w->in_channels;
  const int8_t zero = (int8_t)range->input_zero;
  int8_t *columns = (int8_t *)scratch;
  for (int32_t oy = band->from; oy < band->to; oy++) {
    int8_t *output = fl_output_row(band, oy, width * outputs);
    for (int32_t ox = 0, some; ox < width; ox += some, output += some * outputs) {
      some = ox + 1 < width ? 2 : 1;
      int8_t *to = columns;
      for (int32_t i = 0; i < some; i++) to = gather(w, band, zero, oy, ox + i, to);
      fl_columns_mve(filter, range, columns, some, depth, outputs, output);
    }
  }
}

#endif
