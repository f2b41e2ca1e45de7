#include "fl_kernels.h"
#include "fl_output.h"
#include "fl_rows.h"

static void add_row(const fl_window *w, const int8_t *row, int32_t *sums) {
  for (int32_t x = 0; x < w->in_width; x++, row += w->in_channels) {
    for (int32_t c = 0; c < w->in_channels; c++) sums[c] += row[c];
  }
}

void fl_average_rows_s8(const fl_window *window, const fl_range *range, const fl_band *band, int32_t *sums) {
  const fl_window *w = window;
  if (band->from == 0) {
    for (int32_t c = 0; c < w->in_channels; c++) sums[c] = 0;
  }
  for (int32_t y = band->from; y < band->to; y++) {
    add_row(w, fl_input_row(band, y, w->in_width * w->in_channels), sums);
  }
  if (band->to < w->in_height) return;
  const int32_t pixels = w->in_height * w->in_width;
  for (int32_t c = 0; c < w->in_channels; c++) {
    const int32_t mean = (sums[c] > 0 ? sums[c] + pixels / 2 : sums[c] - pixels / 2) / pixels;
    band->output[c] = (int8_t)fl_clamp(mean, range->low, range->high);
  }
}
