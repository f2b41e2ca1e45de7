#include "fl_kernels.h"
#if FL_DSP
#include "fl_gradient_dsp.h"

enum { GROUP = 4 };

static int32_t largest_exponent(const int16_t *exponents, int32_t count, int32_t least) {
  int32_t largest = least;
  for (int32_t k = 0; k < count; k++) largest = exponents[k] > largest ? exponents[k] : largest;
  return largest;
}

static void raise_exponent(fl_running_gradient *running, int32_t exponent) {
  const int32_t shift = exponent - running->exponent;
  int32_t *sum = running->sums, *end = sum + running->inputs * running->pixels;
  running->exponent = exponent;
  if (shift > FL_MOST_HALF_SHIFT) {
    for (; sum < end; sum++) *sum = fl_round_shift(*sum, shift);
    return;
  }
  const fl_half_shift by = fl_half_shift_of(shift);
  for (; sum < end; sum++) *sum = fl_shifted(*sum, by);
}

/* h' of two channels of the group, a word a pixel, every second word from `aligned` on. */
static void align_two(const fl_gradient *h, int32_t channel, int32_t count, int32_t exponent, int32_t *aligned) {
  const int32_t pixels = h->pixels;
  const int16_t *low = h->mantissas + channel * pixels, *high = low + pixels;
  if (channel + 1 >= count) {
    const int32_t shift = exponent - h->exponents[channel];
    for (int32_t p = 0; p < pixels; p++) aligned[2 * p] = fl_round_shift(low[p], shift) & 0xffff;
    return;
  }
  const fl_half_shift low_by = fl_half_shift_of(exponent - h->exponents[channel]);
  const fl_half_shift high_by = fl_half_shift_of(exponent - h->exponents[channel + 1]);
  for (int32_t p = 0; p < pixels; p++) {
    aligned[2 * p] = fl_low_halves(fl_shifted(low[p], low_by), fl_shifted(high[p], high_by));
  }
}

static void fill_zero(int32_t *aligned, int32_t pixels) {
  for (int32_t p = 0; p < pixels; p++) aligned[2 * p] = 0;
}

static void align(const fl_gradient *h, int32_t count, int32_t exponent, int32_t *aligned) {
  align_two(h, 0, count, exponent, aligned);
  if (count > 2) align_two(h, 2, count, exponent, aligned + 1);
  else fill_zero(aligned + 1, h->pixels);
}

/* The weights of one input channel for the four outputs of a group. */
typedef struct {
  int32_t upper, lower;
} fl_group_weights;

static fl_group_weights weights_of(const fl_split_weights *weights, int32_t input, int32_t inputs, int32_t output,
                                   int32_t count) {
  const fl_input_weights of = fl_weights_of_input(weights, input, inputs);
  const int8_t *at = of.first + output * of.step;
  return (fl_group_weights){fl_low_halves(at[0], count > 1 ? at[of.step] : 0),
                            count > 2 ? fl_low_halves(at[2 * of.step], count > 3 ? at[3 * of.step] : 0) : 0};
}

static FL_INLINE int32_t add_four(int32_t upper, int32_t lower, fl_group_weights w, int32_t sum) {
  return fl_pair_product_add(lower, w.lower, fl_pair_product_add(upper, w.upper, sum));
}

/* Two input channels, two pixels at a time. */
static void add_rows(int32_t *first, int32_t *second, int32_t pixels, fl_group_weights a, fl_group_weights b,
                     const int32_t *h) {
  const int32_t *end = first + (pixels & ~1);
  while (first != end) {
    int32_t upper = h[0], lower = h[1];
    const int32_t left = add_four(upper, lower, a, first[0]), below = add_four(upper, lower, b, second[0]);
    upper = h[2], lower = h[3];
    const int32_t right = add_four(upper, lower, a, first[1]), next = add_four(upper, lower, b, second[1]);
    first[0] = left, first[1] = right;
    second[0] = below, second[1] = next;
    first += 2, second += 2, h += 4;
  }
  if ((pixels & 1) == 0) return;
  first[0] = add_four(h[0], h[1], a, first[0]);
  second[0] = add_four(h[0], h[1], b, second[0]);
}

static void add_row(int32_t *row, int32_t pixels, fl_group_weights a, const int32_t *h) {
  for (int32_t p = 0; p < pixels; p++, h += 2) row[p] = add_four(h[0], h[1], a, row[p]);
}

static void add_group(const fl_running_gradient *running, int32_t output, int32_t count, const fl_split_weights *weights,
                      const int32_t *aligned) {
  const int32_t pixels = running->pixels, inputs = running->inputs;
  int32_t *row = running->sums;
  int32_t i = 0;
  for (; i + 1 < inputs; i += 2, row += 2 * pixels) {
    add_rows(row, row + pixels, pixels, weights_of(weights, i, inputs, output, count),
             weights_of(weights, i + 1, inputs, output, count), aligned);
  }
  if (i < inputs) add_row(row, pixels, weights_of(weights, i, inputs, output, count), aligned);
}

void fl_add_running_gradient(fl_running_gradient *running, fl_channels range, const fl_gradient *h,
                             const fl_split_weights *weights, int16_t *scratch) {
  int32_t *aligned = (int32_t *)(void *)scratch;
  for (int32_t o = range.first; o < range.end; o += GROUP) {
    const int32_t count = range.end - o < GROUP ? range.end - o : GROUP;
    const fl_gradient group = fl_gradient_from(h, o - range.first);
    const int32_t exponent = largest_exponent(group.exponents, count, running->exponent);
    if (exponent == FL_NO_EXPONENT) continue;
    if (exponent > running->exponent) raise_exponent(running, exponent);
    align(&group, count, exponent, aligned);
    add_group(running, o, count, weights, aligned);
  }
}

#endif
