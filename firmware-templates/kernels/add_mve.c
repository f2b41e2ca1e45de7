#include "fl_mve.h"

#if FL_HAS_MVE

static FL_INLINE int32x4_t sums_of(const fl_mve_sum *by, int32x4_t x, int32x4_t y, int32x4_t addend) {
  const int32x4_t sums = vmlaq_n_s32(vmlaq_n_s32(addend, x, by->first), y, by->second);
  return fl_mve_saturated(vshlq_r_s32(sums, -by->shift));
}

void fl_add_mve(const fl_mve_sum *sum, int32_t count, const int8_t *first, const int8_t *second, int8_t *output) {
  const fl_mve_sum by = *sum;
  const int32x4_t addend = vdupq_n_s32(by.addend);
  for (int32_t fours = count / FL_MVE_LANES; fours > 0; fours--) {
    vstrbq_s32(output, sums_of(&by, vldrbq_s32(first), vldrbq_s32(second), addend));
    first += FL_MVE_LANES;
    second += FL_MVE_LANES;
    output += FL_MVE_LANES;
  }
  const mve_pred16_t lanes = vctp32q((uint32_t)count % FL_MVE_LANES);
  vstrbq_p_s32(output, sums_of(&by, vldrbq_z_s32(first, lanes), vldrbq_z_s32(second, lanes), addend), lanes);
}

#endif
