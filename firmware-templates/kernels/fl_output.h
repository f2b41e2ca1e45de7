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
  int32_t left;  /* shift before the product */
  int32_t right; /* shift after it, less 1; negative for none */
  int32_t zero;
  int32_t low, high;
} fl_output;

/* N2: what is added to the sums of a channel. */
static inline int32_t fl_bias_of(const fl_filter *filter, int32_t channel) {
  if (filter->bias == NULL) return 0;
  const int32_t held = filter->bias[channel];
  const int32_t is_whole = filter->frozen == NULL || fl_mask_bit(filter->frozen, channel);
  return is_whole ? held : fl_round_shift(held, FL_BIAS_FRACTION);
}

static inline fl_output fl_output_of(const fl_filter *filter, const fl_range *range, int32_t channel) {
  const int32_t shift = filter->shift[channel];
  return (fl_output){fl_bias_of(filter, channel), filter->multiplier[channel], shift > 0 ? shift : 0, -shift - 1,
                     range->output_zero,          range->low,                  range->high};
}

/*
 * Stores the output of `sum` as element `index` of the sink, whose mask bit is cleared where the clamp acts. The bias is
 * added last, wrapping: the biases of dead channels may be anything. In between: fl_requantize.
 */
static inline void fl_put(fl_output o, int32_t sum, fl_sink to, int32_t index) {
  const uint32_t shifted = ((uint32_t)sum + (uint32_t)o.bias) << (uint32_t)o.left;
  int32_t scaled = fl_doubling_high_multiply((int32_t)shifted, o.multiplier);
  if (o.right >= 0) scaled = (((scaled + (scaled >> 31)) >> o.right) + 1) >> 1;
  const int32_t value = fl_wrapping_add(scaled, o.zero);
  if (value >= o.low && value <= o.high) {
    to.output[index] = (int8_t)value;
    return;
  }
  to.output[index] = (int8_t)(value < o.low ? o.low : o.high);
  if (to.mask != NULL) fl_mask_clear(to.mask, to.first + index);
}

static inline int32_t fl_clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : value > high ? high : value;
}

#endif
