#include "fl_mve.h"

#if FL_HAS_MVE

/* What is the same for all outputs of a layer. */
typedef struct {
  int32_t zero;
  int32x4_t low, high;
} fl_common;

static FL_INLINE int32x4_t values_of(const fl_common *c, int32x4_t sums, int32x4_t multiplier, int32x4_t shift) {
  return fl_mve_clamped(vaddq_n_s32(fl_mve_scaled(sums, multiplier, shift), c->zero), c->low, c->high);
}

/* One pixel, four outputs at a time; what lies behind the last of them is computed like it and not stored. */
static void one_pixel(const fl_filter *filter, const fl_range *range, int32_t from, const int8_t *column, int32_t depth,
                      int32_t outputs, int8_t *output) {
  const fl_filter f = *filter;
  const fl_common common = {range->output_zero, vdupq_n_s32(range->low), vdupq_n_s32(range->high)};
  const int8_t *row = f.weights + from * depth;
  for (int32_t o = from; o < outputs; o += FL_MVE_LANES, row += FL_MVE_LANES * depth) {
    const mve_pred16_t lanes = vctp32q((uint32_t)(outputs - o));
    const int32_t last = outputs - 1 - o;
    const int8_t *const weights[] = {row, row + (last < 1 ? last : 1) * depth, row + (last < 2 ? last : 2) * depth,
                                     row + (last < 3 ? last : 3) * depth};
    const int32x4_t sums = vaddq_s32(fl_one_by_four(column, weights, depth), vldrwq_z_s32(f.bias + o, lanes));
    const int32x4_t multiplier = vldrwq_z_s32(f.multiplier + o, lanes), shift = vldrbq_z_s32(f.shift + o, lanes);
    vstrbq_p_s32(output + o, values_of(&common, sums, multiplier, shift), lanes);
  }
}

/* Two pixels, four outputs at a time up to `end`. */
static void two_pixels(const fl_filter *filter, const fl_range *range, int32_t end, const int8_t *columns, int32_t depth,
                       int32_t outputs, int8_t *output) {
  const fl_filter f = *filter;
  const fl_common common = {range->output_zero, vdupq_n_s32(range->low), vdupq_n_s32(range->high)};
  const int8_t *row = f.weights;
  for (int32_t o = 0; o < end; o += FL_MVE_LANES, row += FL_MVE_LANES * depth) {
    const fl_mve_sums sums = fl_two_by_four(columns, row, depth);
    const int32x4_t bias = vldrwq_s32(f.bias + o), multiplier = vldrwq_s32(f.multiplier + o);
    const int32x4_t shift = vldrbq_s32(f.shift + o);
    vstrbq_s32(output + o, values_of(&common, vaddq_s32(sums.first, bias), multiplier, shift));
    vstrbq_s32(output + outputs + o, values_of(&common, vaddq_s32(sums.second, bias), multiplier, shift));
  }
}

void fl_columns_mve(const fl_filter *filter, const fl_range *range, const int8_t *columns, int32_t pixels, int32_t depth,
                    int32_t outputs, int8_t *output) {
  int32_t from = 0;
  if (pixels == 2) {
    from = outputs & ~(FL_MVE_LANES - 1);
    two_pixels(filter, range, from, columns, depth, outputs, output);
  }
  if (from == outputs) return;
  one_pixel(filter, range, from, columns, depth, outputs, output);
  if (pixels == 2) one_pixel(filter, range, from, columns + depth, depth, outputs, output + outputs);
}

#endif
