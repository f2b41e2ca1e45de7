#include "fl_kernels.h"
#include "fl_rows.h"

void fl_resize_nearest_s8(const fl_resize *resize, const fl_band *band) {
  const int32_t channels = resize->channels;
  for (int32_t y = band->from; y < band->to; y++) {
    const int8_t *row = fl_input_row(band, resize->rows[y], resize->in_width * channels);
    int8_t *output = fl_output_row(band, y, resize->out_width * channels);
    for (int32_t x = 0; x < resize->out_width; x++) {
      const int8_t *pixel = row + resize->columns[x] * channels;
      for (int32_t c = 0; c < channels; c++) *output++ = pixel[c];
    }
  }
}
