#include "fl_small.h"
#include <stddef.h>

#include "fl_kernels.h"

enum { HEAD_WEIGHT_FRACTION = 4, BACK_SCALE_FRACTION = 30 }; /* 15 bits of e, 15 of c */

static uint32_t largest_magnitude(int32_t classes, const int32_t *values) {
  uint32_t largest = 0;
  for (int32_t k = 0; k < classes; k++) {
    const uint32_t magnitude = fl_magnitude(values[k]);
    largest = magnitude > largest ? magnitude : largest;
  }
  return largest;
}

/* All pixels of channel `channel` whose clamp did not act get `value`; says whether there is one. */
static int32_t fill_plane(const fl_gradient *output, int32_t channel, fl_mantissa value, const uint8_t *mask) {
  fl_mantissa *plane = output->mantissas + channel * output->pixels;
  int32_t any = 0;
  for (int32_t p = 0; p < output->pixels; p++) {
    const int32_t open = mask == NULL || fl_mask_bit(mask, p * output->channels + channel);
    plane[p] = open ? value : (fl_mantissa)0;
    any |= open;
  }
  return any && value != 0;
}

void fl_head_input_gradient(int32_t classes, const int32_t *error, const int16_t *weights, const fl_training *training,
                            int32_t mantissa_bits, const uint8_t *mask, const fl_gradient *output, int32_t *scratch) {
  for (int32_t k = 0; k < classes; k++) scratch[k] = error[k] * training->back[k];
  const int32_t shift = fl_shift_to_fit(largest_magnitude(classes, scratch), mantissa_bits);
  const int32_t exponent = training->back_exponent[0] - BACK_SCALE_FRACTION + shift;
  for (int32_t k = 0; k < classes; k++) scratch[k] = fl_round_shift(scratch[k], shift);
  for (int32_t j = 0; j < output->channels; j++) {
    int32_t sum = 0;
    for (int32_t k = 0; k < classes; k++) sum += weights[k * output->channels + j] * scratch[k];
    const int32_t row_shift = fl_shift_to_fit(fl_magnitude(sum), mantissa_bits);
    const int32_t alive = fill_plane(output, j, (fl_mantissa)fl_round_shift(sum, row_shift), mask);
    output->exponents[j] = (int16_t)(alive ? exponent - HEAD_WEIGHT_FRACTION + row_shift : FL_NO_EXPONENT);
  }
}
