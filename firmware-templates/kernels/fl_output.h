/*
 * How a sum becomes an int8 output (N2), for one output channel. Filled once a channel and kept in registers: reading it
 * through pointers would be repeated after every stored byte. RAM: none.
 */
#ifndef FL_OUTPUT_H
#define FL_OUTPUT_H

#include <stddef.h>

#include "fl_kernels.h"

typedef struct {
  int32_t bias;
  int32_t multiplier;
  int32_t shift;
  int32_t zero;
  int32_t low, high;
} fl_output;

static inline fl_output fl_output_of(const fl_filter *filter, const fl_range *range, int32_t channel) {
  const int32_t bias = filter->bias == NULL ? 0 : fl_round_shift(filter->bias[channel], filter->bias_fraction);
  return (fl_output){bias, filter->multiplier[channel], filter->shift[channel], range->output_zero, range->low, range->high};
}

/*
 * Stores the output of `sum`. `index` is the element's position in the map, whose mask bit is cleared where the clamp
 * acts. The bias is added last, wrapping: the biases of dead channels may be anything.
 */
static inline void fl_put(fl_output o, int32_t sum, int8_t *output, uint8_t *mask, int32_t index) {
  const int32_t scaled = fl_requantize(fl_wrapping_add(sum, o.bias), o.multiplier, o.shift);
  const int32_t value = fl_wrapping_add(scaled, o.zero);
  if (value >= o.low && value <= o.high) {
    output[index] = (int8_t)value;
    return;
  }
  output[index] = (int8_t)(value < o.low ? o.low : o.high);
  if (mask != NULL) fl_mask_clear(mask, index);
}

#endif
