#include "fl_kernels.h"

/* row += the planes of outputs o..o+3, each times its weight: four products for one load and store of the row. */
static void add_four(int32_t *row, const int16_t *planes, int32_t pixels, const int8_t *weights, int32_t inputs) {
  const int32_t a = weights[0], b = weights[inputs], c = weights[2 * inputs], d = weights[3 * inputs];
  const int16_t *first = planes;
  const int16_t *second = first + pixels;
  const int16_t *third = second + pixels;
  const int16_t *fourth = third + pixels;
  for (int32_t p = 0; p < pixels; p++) row[p] += a * first[p] + b * second[p] + c * third[p] + d * fourth[p];
}

static void add_one(int32_t *row, const int16_t *plane, int32_t pixels, int32_t weight) {
  for (int32_t p = 0; p < pixels; p++) row[p] += weight * plane[p];
}

void fl_pointwise_input_gradient(const fl_gradient *h, const int8_t *weights, const fl_gradient_rules *rules,
                                 const fl_gradient *output, int32_t *scratch) {
  const int32_t inputs = output->channels;
  const int32_t pixels = h->pixels;
  for (int32_t i = 0; i < inputs; i++) {
    for (int32_t p = 0; p < pixels; p++) scratch[p] = 0;
    int32_t o = 0;
    for (; o + 3 < h->channels; o += 4) {
      add_four(scratch, h->mantissas + o * pixels, pixels, weights + o * inputs + i, inputs);
    }
    for (; o < h->channels; o++) add_one(scratch, h->mantissas + o * pixels, pixels, weights[o * inputs + i]);
    fl_finish_gradient_row(scratch, i, h->exponents[0], rules, output);
  }
}
