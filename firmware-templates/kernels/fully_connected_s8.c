#include <stddef.h>

#include "fl_kernels.h"

void fl_fully_connected_s8(int32_t rows, int32_t depth, int32_t outputs, const fl_filter *filter, const fl_range *range,
                           const int8_t *input, int8_t *output, int16_t *scratch) {
  for (int32_t row = 0; row < rows; row += 2) {
    const int32_t count = row + 1 < rows ? 2 : 1;
    const int8_t *values = input + row * depth;
    for (int32_t i = 0; i < count * depth; i++) scratch[i] = (int16_t)(values[i] - range->input_zero);
    const fl_sink to = {output + row * outputs, NULL, 0};
    fl_columns_s8(scratch, count, depth, outputs, filter, range, &to);
  }
}
