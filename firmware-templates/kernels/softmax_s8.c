#include "fl_fixed.h"
#include "fl_kernels.h"
#include "fl_output.h"

enum {
  SUM_SHIFT = 12,    /* sums have 12 integer bits: rows of up to 4,096 classes */
  OUTPUT_SHIFT = 23, /* a Q0.31 probability to 8 bits */
  OUTPUT_ZERO = -128
};

/* e^(beta * scale * difference) as Q0.31. */
static int32_t exponential(const fl_softmax *softmax, int32_t difference) {
  if (difference < softmax->smallest_difference) return 0;
  return fl_exp_of_negative(fl_requantize(difference, softmax->multiplier, softmax->shift));
}

static int32_t largest_of(const int8_t *row, int32_t classes) {
  int32_t largest = row[0];
  for (int32_t k = 1; k < classes; k++) largest = row[k] > largest ? row[k] : largest;
  return largest;
}

void fl_softmax_s8(const fl_softmax *softmax, int32_t rows, int32_t classes, const int8_t *input, int8_t *output) {
  for (; rows > 0; rows--, input += classes, output += classes) {
    const int32_t largest = largest_of(input, classes);
    int32_t sum = 0;
    for (int32_t k = 0; k < classes; k++) {
      sum = fl_wrapping_add(sum, fl_round_half_away(exponential(softmax, input[k] - largest), SUM_SHIFT));
    }
    const fl_reciprocal inverse = fl_reciprocal_of(sum, SUM_SHIFT);
    for (int32_t k = 0; k < classes; k++) {
      const int32_t product = fl_fixed_product(inverse.mantissa, exponential(softmax, input[k] - largest));
      const int32_t value = fl_round_half_away(product, inverse.bits_over_unit + OUTPUT_SHIFT) + OUTPUT_ZERO;
      output[k] = (int8_t)fl_clamp(value, INT8_MIN, INT8_MAX);
    }
  }
}
