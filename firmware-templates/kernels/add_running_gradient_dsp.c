#include "fl_kernels.h"
#if FL_DSP_GRADIENTS
#include "fl_gradient_dsp.h"
#include "fl_running.h"
#include "fl_two_rows_dsp.h"

/*
 * fl_round_shift of all sums, what is held beside them as it was: a rounded high product of the sum, which is brought to the top,
 * and of 2^(32 - spare_bits - shift), less the sum itself, which makes 2^(32 - spare_bits) less.
 */
static void raise_exponent(fl_running_gradient *running, int32_t exponent) {
  const int32_t shift = exponent - running->exponent, spare_bits = running->spare_bits, to_shift = 32 - spare_bits - shift;
  int32_t *sum = running->sums, *const end = sum + running->inputs * running->pixels;
  const int32_t is_first = running->exponent == FL_NO_EXPONENT;
  running->exponent = exponent;
  if (is_first) return; /* all sums are 0 */
  if (to_shift > 30) {
    for (; sum < end; sum++) *sum = fl_round_shift(*sum, shift);
    return;
  }
  const uint32_t all = spare_bits > 0 ? 1u << (uint32_t)(32 - spare_bits) : 0;
  const int32_t factor = (int32_t)((to_shift < 0 ? 0 : 1u << (uint32_t)to_shift) - all), kept = spare_bits > 0 ? -1 : 0;
  for (; sum + 1 < end;) {
    int32_t left, right;
    FL_LOAD_TWO(left, right, sum);
    left = fl_rounded_high_product_add((int32_t)((uint32_t)left << (uint32_t)spare_bits), factor, left & kept);
    right = fl_rounded_high_product_add((int32_t)((uint32_t)right << (uint32_t)spare_bits), factor, right & kept);
    FL_STORE_TWO_ON(left, right, sum);
  }
  if (sum < end) *sum = fl_rounded_high_product_add((int32_t)((uint32_t)*sum << (uint32_t)spare_bits), factor, *sum & kept);
}

/* Either half of a word: extended and added by one instruction. */
static FL_INLINE int32_t first_shifted(int32_t pair, fl_half_shift by) { return fl_low_low_add(pair, 1, by.half) >> by.shift; }
static FL_INLINE int32_t second_shifted(int32_t pair, fl_half_shift by) { return fl_high_low_add(pair, 1, by.half) >> by.shift; }

/*
 * h' of channel `channel` and of the next as words (fl_two_rows_dsp.h) from `words` on; a last pixel alone at `alone`. What a
 * group lacks has weights of zero: another plane stands there.
 */
static void align_two(const fl_gradient *h, int32_t channel, int32_t count, int32_t exponent, int32_t *words, int32_t *alone) {
  const int32_t pixels = h->pixels, next = channel + 1 < count ? channel + 1 : channel;
  const int16_t *low = h->mantissas + channel * pixels, *high = h->mantissas + next * pixels;
  const fl_half_shift low_by = fl_half_shift_of(exponent - h->exponents[channel]);
  const fl_half_shift high_by = fl_half_shift_of(exponent - h->exponents[next]);
  for (const int16_t *end = low + (pixels & ~1); low != end; low += 2, high += 2, words += 2) {
    const int32_t below = fl_load_word(low), above = fl_load_word(high);
    const int32_t first = fl_low_halves(first_shifted(below, low_by), first_shifted(above, high_by));
    const int32_t second = fl_low_halves(second_shifted(below, low_by), second_shifted(above, high_by));
    FL_STORE_TWO_ON(first, second, words);
  }
  if ((pixels & 1) != 0) *alone = fl_low_halves(fl_shifted(*low, low_by), fl_shifted(*high, high_by));
}

static void align(const fl_gradient *h, int32_t count, int32_t exponent, int32_t *words) {
  int32_t *const end = words + 2 * h->pixels;
  align_two(h, 0, count, exponent, words, end - 2);
  align_two(h, count > 2 ? 2 : 0, count, exponent, words + 2, end - 1);
}

static fl_group_weights weights_of(const fl_split_weights *weights, int32_t input, int32_t inputs, int32_t output,
                                   int32_t count) {
  const fl_input_weights of = fl_weights_of_input(weights, input, inputs);
  const int8_t *at = of.first + output * of.step;
  return (fl_group_weights){fl_low_halves(at[0], count > 1 ? at[of.step] : 0),
                            count > 2 ? fl_low_halves(at[2 * of.step], count > 3 ? at[3 * of.step] : 0) : 0};
}

/* Rows of two input channels whose weights for the first output of the group lie at `at`. Not inlined: it needs all registers. */
static __attribute__((noinline)) void add_two(int32_t *row, int32_t pixels, const int8_t *at, int32_t step, const int32_t *words) {
  fl_group_weights a, b;
  fl_weights_of_two(at, step, &a, &b);
  fl_add_two_rows(row, row + pixels, pixels, a, b, words);
}

static void add_row(int32_t *row, int32_t pixels, fl_group_weights a, const int32_t *words) {
  for (const int32_t *end = row + (pixels & ~1); row != end; row += 2, words += 4) {
    row[0] = fl_add_four(words[0], words[2], a, row[0]);
    row[1] = fl_add_four(words[1], words[3], a, row[1]);
  }
  if ((pixels & 1) != 0) *row = fl_add_four(words[0], words[1], a, *row);
}

/* Inputs [from, to), which lie in the same tensor of weights; a whole group. */
static void add_inputs(const fl_running_gradient *running, int32_t output, int32_t from, int32_t to,
                       const fl_split_weights *weights, const int32_t *words) {
  const int32_t pixels = running->pixels, inputs = running->inputs;
  const fl_input_weights of = fl_weights_of_input(weights, from, inputs);
  const int8_t *at = of.first + output * of.step;
  int32_t *row = running->sums + from * pixels;
  for (; from + 1 < to; from += 2, at += 2, row += 2 * pixels) add_two(row, pixels, at, of.step, words);
  if (from < to) add_row(row, pixels, weights_of(weights, from, inputs, output, FL_RUNNING_GROUP), words);
}

static void add_group(const fl_running_gradient *running, int32_t output, int32_t count, const fl_split_weights *weights,
                      const int32_t *words) {
  const int32_t pixels = running->pixels, inputs = running->inputs, trained = weights->trained_inputs;
  if (count == FL_RUNNING_GROUP) {
    if (trained > 0) add_inputs(running, output, 0, trained, weights, words);
    if (trained < inputs) add_inputs(running, output, trained, inputs, weights, words);
    return;
  }
  int32_t *row = running->sums;
  for (int32_t i = 0; i < inputs; i++, row += pixels) {
    add_row(row, pixels, weights_of(weights, i, inputs, output, count), words);
  }
}

void fl_add_running_gradient(fl_running_gradient *running, fl_channels range, const fl_gradient *h,
                             const fl_split_weights *weights, int16_t *scratch) {
  int32_t *words = (int32_t *)(void *)scratch;
  for (int32_t o = range.first; o < range.end; o += FL_RUNNING_GROUP) {
    const int32_t count = range.end - o < FL_RUNNING_GROUP ? range.end - o : FL_RUNNING_GROUP;
    const fl_gradient group = fl_gradient_from(h, o - range.first);
    const int32_t exponent = fl_largest_exponent(group.exponents, count, running->exponent);
    if (exponent == FL_NO_EXPONENT) continue;
    if (exponent > running->exponent) raise_exponent(running, exponent);
    align(&group, count, exponent, words);
    add_group(running, o, count, weights, words);
  }
}

#endif
