#include "fl_plain.h"
#include "fl_kernels.h"

/* row += the planes of outputs o..o+3, each times its weight: four products for one load and store of the row. */
static void add_four(int32_t *row, const fl_mantissa *planes, int32_t pixels, const int8_t *weights, int32_t step) {
  const int32_t a = weights[0], b = weights[step], c = weights[2 * step], d = weights[3 * step];
  const fl_mantissa *first = planes;
  const fl_mantissa *second = first + pixels;
  const fl_mantissa *third = second + pixels;
  const fl_mantissa *fourth = third + pixels;
  for (int32_t p = 0; p < pixels; p++) row[p] += a * first[p] + b * second[p] + c * third[p] + d * fourth[p];
}

static void add_one(int32_t *row, const fl_mantissa *plane, int32_t pixels, int32_t weight) {
  for (int32_t p = 0; p < pixels; p++) row[p] += weight * plane[p];
}

void fl_pointwise_input_gradient(fl_channels range, const fl_gradient *h, const fl_split_weights *weights,
                                 const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch) {
  const int32_t pixels = h->pixels;
  for (int32_t i = range.first; i < range.end; i++) {
    const fl_input_weights of = fl_weights_of_input(weights, i, output->channels);
    for (int32_t p = 0; p < pixels; p++) scratch[p] = 0;
    int32_t o = 0;
    for (; o + 3 < h->channels; o += 4) {
      add_four(scratch, h->mantissas + o * pixels, pixels, of.first + o * of.step, of.step);
    }
    for (; o < h->channels; o++) add_one(scratch, h->mantissas + o * pixels, pixels, of.first[o * of.step]);
    const fl_gradient plane = fl_gradient_from(output, i - range.first);
    fl_finish_gradient_row(scratch, i, h->exponents[0], rules, &plane);
  }
}
