#include "fl_kernels.h"
#if FL_DSP_GRADIENTS
#include "fl_gradient_dsp.h"
#include "fl_running.h"
#include "fl_spare.h"

/* The sum shifted, what is held beside it as it was. */
static FL_INLINE int32_t shifted_beside(int32_t held, int32_t spare_bits, fl_half_shift by) {
  const int32_t alone = fl_sum_alone(held, spare_bits);
  return fl_held_beside(held, alone, fl_shifted(alone, by));
}

static void raise_exponent(fl_running_gradient *running, int32_t exponent) {
  const int32_t shift = exponent - running->exponent;
  int32_t *sum = running->sums, *end = sum + running->inputs * running->pixels;
  running->exponent = exponent;
  const int32_t spare_bits = running->spare_bits;
  if (shift > FL_MOST_HALF_SHIFT) {
    for (; sum < end; sum++) {
      const int32_t alone = fl_sum_alone(*sum, spare_bits);
      *sum = fl_held_beside(*sum, alone, fl_round_shift(alone, shift));
    }
    return;
  }
  const fl_half_shift by = fl_half_shift_of(shift);
  if (((end - sum) & 1) != 0) {
    *sum = shifted_beside(*sum, spare_bits, by);
    sum++;
  }
  while (sum < end) {
    int32_t left, right;
    FL_LOAD_TWO(left, right, sum);
    left = shifted_beside(left, spare_bits, by), right = shifted_beside(right, spare_bits, by);
    FL_STORE_TWO_ON(left, right, sum);
  }
}

/* Either half of a word: extended and added by one instruction. */
static FL_INLINE int32_t first_shifted(int32_t pair, fl_half_shift by) { return fl_low_low_add(pair, 1, by.half) >> by.shift; }
static FL_INLINE int32_t second_shifted(int32_t pair, fl_half_shift by) { return fl_high_low_add(pair, 1, by.half) >> by.shift; }

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
  for (const int16_t *end = low + (pixels & ~1); low != end; low += 2, high += 2, aligned += 4) {
    const int32_t below = fl_load_word(low), above = fl_load_word(high);
    aligned[0] = fl_low_halves(first_shifted(below, low_by), first_shifted(above, high_by));
    aligned[2] = fl_low_halves(second_shifted(below, low_by), second_shifted(above, high_by));
  }
  if ((pixels & 1) != 0) *aligned = fl_low_halves(fl_shifted(*low, low_by), fl_shifted(*high, high_by));
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

/* The same of two input channels that lie side by side, of a whole group: bytes of both come with each load. */
static FL_INLINE void weights_of_two(const int8_t *at, int32_t step, fl_group_weights *first, fl_group_weights *second) {
  const int32_t upper = fl_low_halves(fl_load_half(at), fl_load_half(at + step));
  at += 2 * step;
  const int32_t lower = fl_low_halves(fl_load_half(at), fl_load_half(at + step));
  *first = (fl_group_weights){fl_even_bytes(upper), fl_even_bytes(lower)};
  *second = (fl_group_weights){fl_odd_bytes(upper), fl_odd_bytes(lower)};
}

/* Two input channels, two pixels at a time up to `end`, which `first` is not. Returns where h goes on. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* A compiler loads and stores words one by one, and keeps no pointer of four in a register: so it is written out. */
#define FL_ADD_TO(row, upper, lower)                                                                          \
  "ldrd %[left], %[right], [%[" row "]]\n"                                                                    \
  "smlad %[left], %[p], %[" upper "], %[left]\n smlad %[right], %[r], %[" upper "], %[right]\n"              \
  "smlad %[left], %[q], %[" lower "], %[left]\n smlad %[right], %[s], %[" lower "], %[right]\n"              \
  "strd %[left], %[right], [%[" row "]], #8\n"
#define FL_ADD_TWO "ldmia %[h]!, {%[p], %[q], %[r], %[s]}\n" FL_ADD_TO("first", "au", "al") FL_ADD_TO("second", "bu", "bl")
static FL_INLINE const int32_t *add_twos(int32_t *first, int32_t *second, const int32_t *end, fl_group_weights a,
                                         fl_group_weights b, const int32_t *h) {
  register int32_t p __asm__("r4");
  register int32_t q __asm__("r5");
  register int32_t r __asm__("r6");
  register int32_t s __asm__("r7");
  int32_t left, right;
  /* Two twos a turn, entered in the middle where their number is odd: the bit of 8 bytes of a row. */
  __asm__ volatile(
      "sub %[left], %[end], %[first]\n lsls %[left], %[left], #28\n bmi 2f\n"
      "1:\n" FL_ADD_TWO "2:\n" FL_ADD_TWO "cmp %[first], %[end]\n bne 1b\n"
      : [first] "+r"(first), [second] "+r"(second), [h] "+r"(h), [p] "=&r"(p), [q] "=&r"(q), [r] "=&r"(r), [s] "=&r"(s),
        [left] "=&r"(left), [right] "=&r"(right)
      : [end] "r"(end), [au] "r"(a.upper), [al] "r"(a.lower), [bu] "r"(b.upper), [bl] "r"(b.lower)
      : "memory", "cc");
  return h;
}
#undef FL_ADD_TWO
#undef FL_ADD_TO
#else
static const int32_t *add_twos(int32_t *first, int32_t *second, const int32_t *end, fl_group_weights a, fl_group_weights b,
                               const int32_t *h) {
  for (; first != end; first += 2, second += 2, h += 4) {
    first[0] = add_four(h[0], h[1], a, first[0]), first[1] = add_four(h[2], h[3], a, first[1]);
    second[0] = add_four(h[0], h[1], b, second[0]), second[1] = add_four(h[2], h[3], b, second[1]);
  }
  return h;
}
#endif

static FL_INLINE void add_rows(int32_t *first, int32_t pixels, fl_group_weights a, fl_group_weights b, const int32_t *h) {
  int32_t *const second = first + pixels;
  const int32_t twos = pixels & ~1;
  if (twos != 0) h = add_twos(first, second, first + twos, a, b, h);
  if (twos == pixels) return;
  first[twos] = add_four(h[0], h[1], a, first[twos]);
  second[twos] = add_four(h[0], h[1], b, second[twos]);
}

/* Rows of two input channels whose weights for the first output of the group lie at `at`. Not inlined: it needs all registers. */
static __attribute__((noinline)) void add_two(int32_t *row, int32_t pixels, const int8_t *at, int32_t step, const int32_t *h) {
  fl_group_weights a, b;
  weights_of_two(at, step, &a, &b);
  add_rows(row, pixels, a, b, h);
}

static void add_row(int32_t *row, int32_t pixels, fl_group_weights a, const int32_t *h) {
  for (int32_t p = 0; p < pixels; p++, h += 2) row[p] = add_four(h[0], h[1], a, row[p]);
}

/* Inputs [from, to), which lie in the same tensor of weights; a whole group. */
static void add_inputs(const fl_running_gradient *running, int32_t output, int32_t from, int32_t to,
                       const fl_split_weights *weights, const int32_t *aligned) {
  const int32_t pixels = running->pixels, inputs = running->inputs;
  const fl_input_weights of = fl_weights_of_input(weights, from, inputs);
  const int8_t *at = of.first + output * of.step;
  int32_t *row = running->sums + from * pixels;
  for (; from + 1 < to; from += 2, at += 2, row += 2 * pixels) add_two(row, pixels, at, of.step, aligned);
  if (from < to) add_row(row, pixels, weights_of(weights, from, inputs, output, FL_RUNNING_GROUP), aligned);
}

static void add_group(const fl_running_gradient *running, int32_t output, int32_t count, const fl_split_weights *weights,
                      const int32_t *aligned) {
  const int32_t pixels = running->pixels, inputs = running->inputs, trained = weights->trained_inputs;
  if (count == FL_RUNNING_GROUP) {
    if (trained > 0) add_inputs(running, output, 0, trained, weights, aligned);
    if (trained < inputs) add_inputs(running, output, trained, inputs, weights, aligned);
    return;
  }
  int32_t *row = running->sums;
  for (int32_t i = 0; i < inputs; i++, row += pixels) {
    add_row(row, pixels, weights_of(weights, i, inputs, output, count), aligned);
  }
}

void fl_add_running_gradient(fl_running_gradient *running, fl_channels range, const fl_gradient *h,
                             const fl_split_weights *weights, int16_t *scratch) {
  int32_t *aligned = (int32_t *)(void *)scratch;
  for (int32_t o = range.first; o < range.end; o += FL_RUNNING_GROUP) {
    const int32_t count = range.end - o < FL_RUNNING_GROUP ? range.end - o : FL_RUNNING_GROUP;
    const fl_gradient group = fl_gradient_from(h, o - range.first);
    const int32_t exponent = fl_largest_exponent(group.exponents, count, running->exponent);
    if (exponent == FL_NO_EXPONENT) continue;
    if (exponent > running->exponent) raise_exponent(running, exponent);
    align(&group, count, exponent, aligned);
    add_group(running, o, count, weights, aligned);
  }
}

#endif
