#include "fl_kernels.h"

enum { ERROR_EXPONENT = -15 };

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
    for (int32_t j = 0; j < features; j++) {
      const int32_t index = k * features + j;
      const int32_t size = fl_step_size(error[k] * (input[j] - input_zero), of_weight);
      weights[index] = fl_moved_head_weight(weights[index], size, fl_draw(key, (uint32_t)index));
    }
  }
}
