#include "fl_small.h"
#include "fl_kernels.h"
#include "fl_rows.h"

void fl_save_input(int32_t width, int32_t depth, const fl_band *band, int32_t channels) {
  const int32_t pixels = width * band->output_rows;
  for (int32_t y = band->from; y < band->to; y++) {
    const int8_t *row = fl_input_row(band, y, width * depth);
    int8_t *plane = band->output + y * width;
    for (int32_t i = 0; i < channels; i++, plane += pixels) {
      const int8_t *values = row + i;
      for (int32_t x = 0; x < width; x++, values += depth) plane[x] = *values;
    }
  }
}
