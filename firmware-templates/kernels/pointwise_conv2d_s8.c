#include "fl_kernels.h"
#include "fl_mask_fill.h"

void fl_pointwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const int8_t *input,
                            int8_t *output, uint8_t *mask, int16_t *scratch) {
  const int32_t depth = window->in_channels;
  const int32_t outputs = window->out_channels;
  const int32_t pixels = window->out_height * window->out_width;
  fl_mask_fill(mask, pixels * outputs);
  for (int32_t pixel = 0; pixel < pixels; pixel += 2) {
    const int32_t count = pixel + 1 < pixels ? 2 : 1;
    const int8_t *values = input + pixel * depth;
    for (int32_t i = 0; i < count * depth; i++) scratch[i] = (int16_t)(values[i] - range->input_zero);
    fl_columns_s8(scratch, count, depth, outputs, filter, range, output, mask, pixel * outputs);
  }
}
