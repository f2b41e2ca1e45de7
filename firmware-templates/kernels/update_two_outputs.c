#include "fl_plain.h"
#include "fl_kernels.h"
#include "fl_plane_sum.h"
#include "fl_update.h"

static inline fl_tile tile_of(const fl_plane_pair *h, const int8_t *left, const int8_t *right) {
  const fl_mantissa *upper = h->upper, *lower = h->lower;
  fl_tile t = {0, 0, 0, 0};
  for (int32_t p = 0; p < h->pixels; p++) {
    t.upper_left += upper[p] * left[p];
    t.upper_right += upper[p] * right[p];
    t.lower_left += lower[p] * left[p];
    t.lower_right += lower[p] * right[p];
  }
  return t;
}

void fl_update_two_outputs(const fl_saved_input *saved, const fl_plane_pair *h, const fl_row_update *upper,
                           const fl_row_update *lower, fl_mantissa *scratch) {
  (void)scratch;
  const int32_t pixels = h->pixels;
  const int32_t upper_zero = saved->zero * fl_plane_sum(h->upper, pixels);
  const int32_t lower_zero = saved->zero * fl_plane_sum(h->lower, pixels);
  const int8_t *plane = saved->planes;
  for (int32_t i = 0; i < saved->channels; i += 2, plane += 2 * pixels) {
    const int32_t is_pair = i + 1 < saved->channels;
    const fl_tile t = tile_of(h, plane, is_pair ? plane + pixels : plane);
    fl_move_tile(upper, lower, i, is_pair,
                 (fl_tile){t.upper_left - upper_zero, t.upper_right - upper_zero, t.lower_left - lower_zero,
                           t.lower_right - lower_zero});
  }
}
