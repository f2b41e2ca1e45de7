#include "fl_gradients.h"

enum { LOSS_FACTOR = 16 };

/* floor(16 * sum / count) without overflow: count < 2^16, sum <= 2^16 * count. */
static int32_t mean_of(uint32_t sum, uint32_t count) {
  return (int32_t)(sum / count * LOSS_FACTOR + sum % count * LOSS_FACTOR / count);
}

int32_t fl_squared_error(const int8_t *prediction, const int8_t *target, const fl_ratio *ratio, const fl_gradient_end *end,
                         const fl_gradient *output, int32_t *scratch) {
  const int32_t channels = output->channels, pixels = output->pixels;
  uint32_t sum = 0;
  for (int32_t c = 0; c < channels; c++) {
    for (int32_t p = 0; p < pixels; p++) {
      const int32_t difference = prediction[p * channels + c] - target[p * channels + c];
      sum += (uint32_t)(difference * difference);
      scratch[p] = difference;
    }
    fl_close_gradient_row(scratch, c, 0, ratio, end, output);
  }
  return mean_of(sum, (uint32_t)(channels * pixels));
}
