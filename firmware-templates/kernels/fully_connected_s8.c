#include <stddef.h>

#include "fl_columns.h"
#include "fl_kernels.h"

/* Rows that there is scratch for. */
enum { TOGETHER = 2 };

void fl_fully_connected_s8(int32_t rows, int32_t depth, int32_t outputs, const fl_filter *filter, const fl_range *range,
                           const int8_t *input, int8_t *output, int16_t *scratch) {
  for (int32_t row = 0, count; row < rows; row += count) {
    count = fl_columns_next(rows - row, TOGETHER);
    fl_widen_columns(input + row * depth, count, depth, range->input_zero, scratch);
    const fl_sink to = {output + row * outputs, NULL, 0};
    fl_columns_s8(scratch, count, depth, outputs, filter, range, &to);
  }
}
