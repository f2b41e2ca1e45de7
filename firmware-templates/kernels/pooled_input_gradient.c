#include <stddef.h>

#include "fl_fill_row.h"
#include "fl_view_sums.h"
#if FL_DSP_GRADIENTS
#include "fl_dsp.h"
#endif

#if FL_DSP_GRADIENTS
/* Of four rows whose weights lie side by side. */
static void sum_four(const fl_view_sums *sums, const fl_gradient_view *view) {
  const int32_t step = sums->weights[0].step;
  const int8_t *weight = sums->weights[0].first;
  const fl_mantissa *value = view->gradient->mantissas, *end = value + view->gradient->channels;
  int32_t a = 0, b = 0, c = 0, d = 0;
  for (; value != end; value++, weight += step) {
    const int32_t four = fl_load_word(weight), even = fl_even_bytes(four), odd = fl_odd_bytes(four);
    a = fl_low_low_add(even, *value, a);
    b = fl_low_low_add(odd, *value, b);
    c = fl_high_low_add(even, *value, c);
    d = fl_high_low_add(odd, *value, d);
  }
  fl_fill_row(sums->rows[0], view->pixels, a);
  fl_fill_row(sums->rows[1], view->pixels, b);
  fl_fill_row(sums->rows[2], view->pixels, c);
  fl_fill_row(sums->rows[3], view->pixels, d);
}
#endif

/* What all pixels would get. */
static void sum_rows(const fl_view_sums *sums, const fl_gradient_view *view) {
#if FL_DSP_GRADIENTS
  if (sums->count == FL_MOST_VIEW_ROWS && sums->weights[3].first == sums->weights[0].first + 3) {
    sum_four(sums, view);
    return;
  }
#endif
  const int32_t channels = view->gradient->channels;
  const fl_mantissa *const values = view->gradient->mantissas;
  for (int32_t k = 0; k < sums->count; k++) {
    const int32_t step = sums->weights[k].step;
    const int8_t *weight = sums->weights[k].first;
    int32_t sum = 0;
    for (int32_t o = 0; o < channels; o++, weight += step) sum += *weight * values[o];
    fl_fill_row(sums->rows[k], view->pixels, sum);
  }
}

void fl_pooled_input_gradient(fl_channels range, const fl_gradient_view *view, const fl_split_weights *weights,
                              const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch) {
  const int32_t exponent = view->gradient->exponents[0];
  fl_view_sums sums;
  for (int32_t i = range.first; i < range.end; i += sums.count) {
    const fl_gradient to = fl_gradient_from(output, i - range.first);
    fl_begin_view_sums(&sums, i, range.end - i, weights, &to, scratch);
    sum_rows(&sums, view);
    if (view->mask != NULL) fl_take_all_closed(&sums, view, 0, exponent);
    fl_finish_view_sums(&sums, i, exponent, rules, &to);
  }
}
