#include "fl_small.h"
#include "fl_kernels.h"

void fl_move_bias(int32_t channel, int32_t sum, int32_t exponent, const fl_training *training, const fl_step *step,
                  int32_t *bias) {
  const fl_step_scale scale = fl_step_scale_of(training->bias_step[channel], training->bias_step_exponent[channel], step->bias,
                                               exponent, FL_BIAS_FRACTION);
  bias[channel] = fl_moved_bias(bias[channel], fl_step_size(sum, scale));
}
