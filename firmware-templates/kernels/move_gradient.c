#include <stddef.h>

#include "fl_gradients.h"

typedef struct {
  int32_t pixel, result, factor;
  int32_t index[FL_GRADIENT_LOOPS - 1];
} place;

enum { LAST = FL_GRADIENT_LOOPS - 1 };

/* On to the next run of the last loop; 0 after the last one. */
static int32_t walk_on(const fl_gradient_walk *walk, place *at) {
  for (int32_t loop = LAST - 1; loop >= 0; loop--) {
    at->pixel += walk->pixel[loop];
    at->result += walk->result[loop];
    at->factor += walk->factor[loop];
    if (++at->index[loop] < walk->extents[loop]) return 1;
    at->pixel -= walk->pixel[loop] * walk->extents[loop];
    at->result -= walk->result[loop] * walk->extents[loop];
    at->factor -= walk->factor[loop] * walk->extents[loop];
    at->index[loop] = 0;
  }
  return 0;
}

static place begin(const fl_gradient_walk *walk, int32_t index) {
  return (place){walk->first_pixel, walk->first_result + index * walk->channel_result,
                 walk->first_factor + index * walk->channel_factor, {0}};
}

/* Elements of the result are counted row-major; without divisions where it has but one channel or one pixel. */
static int32_t channel_of(const fl_gradient *gradient, int32_t element) {
  if (gradient->channels == 1) return 0;
  return gradient->pixels == 1 ? element : element % gradient->channels;
}

static int32_t mantissa_of(const fl_gradient *gradient, int32_t element) {
  if (gradient->channels == 1 || gradient->pixels == 1) return gradient->mantissas[element];
  const int32_t pixel = element / gradient->channels;
  return gradient->mantissas[(element - pixel * gradient->channels) * gradient->pixels + pixel];
}

/* The largest exponent that is met. */
static int32_t largest_exponent(const fl_gradient_walk *walk, const fl_gradient *gradient, int32_t index) {
  int32_t largest = FL_NO_EXPONENT;
  place at = begin(walk, index);
  do {
    for (int32_t i = 0; i < walk->extents[LAST]; i++) {
      const int32_t own = gradient->exponents[channel_of(gradient, at.result + i * walk->result[LAST])];
      largest = own > largest ? own : largest;
    }
  } while (walk_on(walk, &at));
  return largest;
}

void fl_move_gradient(const fl_gradient_walk *walk, const fl_gradient *gradient, const int8_t *factor, int32_t factor_zero,
                      const fl_ratio *ratio, const fl_gradient_end *end, const fl_gradient *output, int32_t *scratch) {
  for (int32_t c = 0; c < output->channels; c++) {
    fl_close_gradient_row(scratch, c, FL_NO_EXPONENT, ratio, end, output);
  }
  for (int32_t k = 0; k < walk->channels; k++) {
    const int32_t exponent = largest_exponent(walk, gradient, k);
    for (int32_t p = 0; p < output->pixels; p++) scratch[p] = 0;
    place at = begin(walk, k);
    do {
      int32_t pixel = at.pixel, element = at.result, other = at.factor;
      for (int32_t i = 0; i < walk->extents[LAST]; i++) {
        const int32_t own = gradient->exponents[channel_of(gradient, element)];
        const int32_t by = factor == NULL ? 1 : factor[other] - factor_zero;
        if (own != FL_NO_EXPONENT) scratch[pixel] += fl_round_shift(mantissa_of(gradient, element) * by, exponent - own);
        pixel += walk->pixel[LAST];
        element += walk->result[LAST];
        other += walk->factor[LAST];
      }
    } while (walk_on(walk, &at));
    fl_close_gradient_row(scratch, walk->first_channel + k * walk->channel_step, exponent, ratio, end, output);
  }
}
