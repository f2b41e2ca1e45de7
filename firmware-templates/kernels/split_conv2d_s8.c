#include "fl_small.h"
#include "fl_columns.h"
#include "fl_kernels.h"
#include "fl_mask_fill.h"
#include "fl_rows.h"

void fl_split_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                        uint8_t *mask, int16_t *scratch) {
  const fl_window *w = window;
  const int32_t outputs = w->out_channels;
  const int32_t row_elements = w->out_width * outputs;
  fl_map_mask_fill(mask, band->from, w->out_height * row_elements);
  for (int32_t oy = band->from; oy < band->to; oy++) {
    fl_sink to = {fl_output_row(band, oy, row_elements), mask, oy * row_elements};
    for (int32_t ox = 0, count; ox < w->out_width; ox += count, to.output += count * outputs, to.first += count * outputs) {
      count = fl_columns_next(w->out_width - ox, w->together);
      fl_gather_columns(w, band, range->input_zero, oy, ox, count, scratch);
      fl_split_columns_s8(scratch, count, w, filter, range, &to);
    }
  }
}
