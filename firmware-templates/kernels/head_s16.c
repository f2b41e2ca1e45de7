#include "fl_small.h"
#include "fl_kernels.h"

enum { HEAD_BIAS_TO_SUM = 4 }; /* biases have 8 fractional bits, products 4 */

void fl_head_s16(int32_t classes, int32_t features, const fl_head *head, int32_t input_zero, const int8_t *input,
                 int32_t *logits) {
  const int16_t *weights = head->weights;
  for (int32_t k = 0; k < classes; k++) {
    int32_t sum = fl_round_shift(head->bias[k], HEAD_BIAS_TO_SUM);
    for (int32_t j = 0; j < features; j++) sum += *weights++ * (input[j] - input_zero);
    logits[k] = fl_requantize(sum, head->multiplier[k], head->shift[k]);
  }
}
