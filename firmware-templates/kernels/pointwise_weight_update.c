#include "fl_kernels.h"
#include "fl_update.h"

/* Sums cannot overflow (N4): |x| <= 128, |zero| <= 128, and 255 * P * 2^M < 2^31. */
void fl_pointwise_weight_update(fl_channels range, const fl_gradient *h, const fl_saved_input *saved, int32_t inputs,
                                const fl_training *training, const fl_step *step, int8_t *weights, fl_mantissa *scratch) {
  const fl_row_update none = {.weights = NULL};
  const uint32_t key = fl_layer_key(step, training->id);
  for (int32_t o = range.first; o < range.end; o += 2) {
    const fl_gradient own = fl_gradient_from(h, o - range.first);
    const int32_t is_pair = o + 1 < range.end;
    int8_t *const row = weights + o * saved->channels;
    fl_row_update upper = none, lower = none;
    if (!fl_is_frozen(training, o)) {
      upper = fl_row_update_of(row, fl_weight_scale_of(training, step, o, own.exponents[0]), (uint32_t)(o * inputs), key);
    }
    if (is_pair && !fl_is_frozen(training, o + 1)) {
      lower = fl_row_update_of(row + saved->channels, fl_weight_scale_of(training, step, o + 1, own.exponents[1]),
                               (uint32_t)((o + 1) * inputs), key);
    }
    if (upper.weights == NULL && lower.weights == NULL) continue;
    const fl_plane_pair pair = {own.mantissas, own.mantissas + (is_pair ? own.pixels : 0), own.pixels};
    fl_update_two_outputs(saved, &pair, &upper, &lower, scratch);
  }
}
