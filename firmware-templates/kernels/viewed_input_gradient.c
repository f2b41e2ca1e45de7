#include "fl_fill_row.h"
#include "fl_view_sums.h"

void fl_viewed_input_gradient(fl_channels range, const fl_gradient_view *view, const fl_split_weights *weights,
                              const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch) {
  const int32_t exponent = fl_view_exponent(view);
  fl_view_sums sums;
  for (int32_t i = range.first; i < range.end; i += sums.count) {
    const fl_gradient to = fl_gradient_from(output, i - range.first);
    fl_begin_view_sums(&sums, i, range.end - i, weights, &to, scratch);
    for (int32_t k = 0; k < sums.count; k++) fl_fill_row(sums.rows[k], output->pixels, 0);
    fl_add_viewed_planes(&sums, view, 0, exponent, (fl_mantissa *)(void *)(scratch + 2 * output->pixels));
    if (view->mask != NULL) fl_take_all_closed(&sums, view, 1, exponent);
    fl_finish_view_sums(&sums, i, exponent, rules, &to);
  }
}
