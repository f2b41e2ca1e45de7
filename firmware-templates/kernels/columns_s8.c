#include "fl_plain.h"
#include "fl_columns.h"
#include "fl_output.h"

/* One after the other. */
void fl_widen_columns(const int8_t *values, int32_t count, int32_t depth, int32_t zero, int16_t *columns) {
  for (int32_t i = 0; i < count * depth; i++) columns[i] = (int16_t)(values[i] - zero);
}

/* Sums of two columns times two filters: four products for four loads. */
typedef struct {
  int32_t upper_first, upper_second, lower_first, lower_second;
} fl_four_sums;

static inline fl_four_sums two_by_two(const int16_t *first, const int16_t *second, const int8_t *upper, const int8_t *lower,
                                      int32_t depth) {
  int32_t a = 0, b = 0, c = 0, d = 0;
  for (int32_t i = 0; i < depth; i++) {
    a += upper[i] * first[i];
    b += upper[i] * second[i];
    c += lower[i] * first[i];
    d += lower[i] * second[i];
  }
  return (fl_four_sums){a, b, c, d};
}

static inline int32_t one_by_one(const int16_t *column, const int8_t *weights, int32_t depth) {
  int32_t sum = 0;
  for (int32_t i = 0; i < depth; i++) sum += weights[i] * column[i];
  return sum;
}

/*
 * Sums cannot overflow: |w| <= 128, |x - z| <= 255, depth < 65,536. Filter, range and sink are copied, because a stored
 * byte could be part of the originals for all the compiler knows.
 */
void fl_columns_s8(const int16_t *columns, int32_t count, int32_t depth, int32_t outputs, const fl_filter *filter,
                   const fl_range *range, const fl_sink *sink) {
  const fl_filter layer = *filter;
  const fl_range limits = *range;
  const fl_sink to = *sink;
  const int16_t *second = columns + depth;
  const int8_t *weights = layer.weights;
  int32_t channel = 0;
  for (; count == 2 && channel + 1 < outputs; channel += 2, weights += 2 * depth) {
    const fl_four_sums sums = two_by_two(columns, second, weights, weights + depth, depth);
    const fl_output upper = fl_output_of(&layer, &limits, channel);
    fl_put(upper, sums.upper_first, to, channel);
    fl_put(upper, sums.upper_second, to, outputs + channel);
    const fl_output lower = fl_output_of(&layer, &limits, channel + 1);
    fl_put(lower, sums.lower_first, to, channel + 1);
    fl_put(lower, sums.lower_second, to, outputs + channel + 1);
  }
  for (; channel < outputs; channel++, weights += depth) {
    const fl_output one = fl_output_of(&layer, &limits, channel);
    fl_put(one, one_by_one(columns, weights, depth), to, channel);
    if (count == 2) fl_put(one, one_by_one(second, weights, depth), to, outputs + channel);
  }
}
