#include "fl_small.h"
#include "fl_kernels.h"
#include "fl_update.h"

enum { ERROR_EXPONENT = -15, HEAD_STEP_BITS = 22 }; /* FL_HEAD_STEP_LIMIT is 2^22 */

/* N7: D, clipped or not; to the left by no more than what is clipped anyway. */
static inline int32_t head_step(const fl_row_update *row, int32_t gradient) {
  return row->left == 0 ? fl_right_step(row, gradient) : fl_left_step_within(row, gradient, HEAD_STEP_BITS);
}

/* The weights of one class. Two numbers of one word are drawn at once (N8). */
static void update_row(const fl_row_update *row, int32_t error, const int8_t *input, int32_t input_zero, int32_t features,
                       int16_t *weights) {
  uint32_t word = 0;
  for (int32_t j = 0; j < features; j++) {
    const uint32_t index = row->canonical + (uint32_t)j, is_second = index & 1u;
    if (j == 0 || !is_second) word = fl_hash(row->key + (index >> 1));
    const int32_t draw = (int32_t)(is_second ? word >> 16 : word & 0xffffu);
    weights[j] = fl_moved_head_weight(weights[j], head_step(row, error * (input[j] - input_zero)), draw);
  }
}

void fl_head_update(int32_t classes, int32_t features, const int32_t *error, const int8_t *input, int32_t input_zero,
                    const fl_training *training, const fl_step *step, int16_t *weights, int32_t *bias) {
  const uint32_t key = fl_layer_key(step, training->id);
  for (int32_t k = 0; k < classes; k++) {
    if (fl_is_frozen(training, k)) continue;
    const fl_step_scale of_bias = fl_step_scale_of(training->bias_step[k], training->bias_step_exponent[k], step->head,
                                                   ERROR_EXPONENT, FL_BIAS_FRACTION);
    const fl_step_scale of_weight = fl_step_scale_of(training->weight_step[k], training->weight_step_exponent[k], step->head,
                                                     ERROR_EXPONENT, FL_STEP_FRACTION);
    bias[k] = fl_moved_bias(bias[k], fl_step_size(error[k], of_bias));
    const fl_row_update row = fl_row_update_of(NULL, of_weight, (uint32_t)(k * features), key);
    update_row(&row, error[k], input, input_zero, features, weights + k * features);
  }
}
