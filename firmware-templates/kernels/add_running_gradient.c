#include "fl_plain.h"
#include "fl_kernels.h"
#include "fl_running.h"
#include "fl_spare.h"

/* What was summed so far, to the exponent of the channels that come. */
static void raise_exponent(fl_running_gradient *running, int32_t exponent) {
  const int32_t elements = running->inputs * running->pixels;
  const int32_t shift = exponent - running->exponent, is_first = running->exponent == FL_NO_EXPONENT;
  running->exponent = exponent;
  if (is_first) return; /* all sums are 0 */
  for (int32_t i = 0; i < elements; i++) {
    const int32_t held = running->sums[i], sum = fl_sum_alone(held, running->spare_bits);
    running->sums[i] = fl_held_beside(held, sum, fl_round_shift(sum, shift));
  }
}

static void fill_zero(fl_mantissa *plane, int32_t pixels) {
  for (int32_t p = 0; p < pixels; p++) plane[p] = 0;
}

/* h' of N6.4, planes one after the other; those that a group lacks are zero. */
static void align(const fl_gradient *h, int32_t count, int32_t exponent, fl_mantissa *aligned) {
  const fl_mantissa *plane = h->mantissas;
  for (int32_t k = 0; k < count; k++, plane += h->pixels, aligned += h->pixels) {
    const int32_t shift = exponent - h->exponents[k];
    for (int32_t p = 0; p < h->pixels; p++) aligned[p] = (fl_mantissa)fl_round_shift(plane[p], shift);
  }
  for (int32_t k = count; k < FL_RUNNING_GROUP; k++, aligned += h->pixels) fill_zero(aligned, h->pixels);
}

static void add_group(const fl_running_gradient *running, int32_t output, int32_t count, const fl_split_weights *weights,
                      const fl_mantissa *aligned) {
  const int32_t pixels = running->pixels;
  const fl_mantissa *first = aligned, *second = first + pixels, *third = second + pixels, *fourth = third + pixels;
  for (int32_t i = 0; i < running->inputs; i++) {
    const fl_input_weights of = fl_weights_of_input(weights, i, running->inputs);
    const int8_t *at = of.first + output * of.step;
    const int32_t a = at[0], b = count > 1 ? at[of.step] : 0, c = count > 2 ? at[2 * of.step] : 0,
                  d = count > 3 ? at[3 * of.step] : 0;
    int32_t *row = running->sums + i * pixels;
    for (int32_t p = 0; p < pixels; p++) {
      const int32_t sum = a * first[p] + b * second[p] + c * third[p] + d * fourth[p];
      row[p] = (int32_t)((uint32_t)row[p] + (uint32_t)sum); /* modulo 2^32: spare bits may hold anything */
    }
  }
}

void fl_add_running_gradient(fl_running_gradient *running, fl_channels range, const fl_gradient *h,
                             const fl_split_weights *weights, fl_mantissa *scratch) {
  for (int32_t o = range.first; o < range.end; o += FL_RUNNING_GROUP) {
    const int32_t count = range.end - o < FL_RUNNING_GROUP ? range.end - o : FL_RUNNING_GROUP;
    const fl_gradient group = fl_gradient_from(h, o - range.first);
    const int32_t exponent = fl_largest_exponent(group.exponents, count, running->exponent);
    if (exponent == FL_NO_EXPONENT) continue;
    if (exponent > running->exponent) raise_exponent(running, exponent);
    align(&group, count, exponent, scratch);
    add_group(running, o, count, weights, scratch);
  }
}
