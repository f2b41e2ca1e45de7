#include "fl_kernels.h"
#include "fl_output.h"

static void add_up(const fl_pair *sums, int32_t outputs, const int8_t *input, int32_t *totals) {
  const int32_t count = sums->extents[FL_RANK - 1];
  const int32_t step = sums->first[FL_RANK - 1];
  for (int32_t i = 0; i < outputs; i++) totals[i] = 0;
  fl_walk row = {0};
  do {
    int32_t *total = totals + row.first;
    for (int32_t i = 0; i < count; i++, total += step) *total += *input++;
  } while (fl_walk_on(sums, &row));
}

void fl_mean_s8(const fl_mean *mean, const fl_pair *sums, int32_t outputs, const int8_t *input, int8_t *output,
                int32_t *scratch) {
  add_up(sums, outputs, input, scratch);
  for (int32_t i = 0; i < outputs; i++) {
    const int32_t scaled = fl_requantize(fl_wrapping_add(scratch[i], -mean->input_offset), mean->multiplier, mean->shift);
    output[i] = (int8_t)fl_clamp(fl_wrapping_add(scaled, mean->output_zero), INT8_MIN, INT8_MAX);
  }
}
