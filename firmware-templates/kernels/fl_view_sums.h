/*
 * Sums of a few channels of an input gradient whose h is viewed (fl_gradient_view). Header only. RAM: none. Flash: where used,
 * 3 kernels.
 */
#ifndef FL_VIEW_SUMS_H
#define FL_VIEW_SUMS_H

#include "fl_kernels.h"

enum { FL_MOST_VIEW_ROWS = 4 };

/* Rows of sums for as many channels of the output, and their weights. */
typedef struct {
  int32_t *rows[FL_MOST_VIEW_ROWS];
  fl_input_weights weights[FL_MOST_VIEW_ROWS];
  int32_t count; /* 1, 2 or 4 */
} fl_view_sums;

static inline int32_t fl_view_weight(const fl_view_sums *sums, int32_t k, int32_t output) {
  return sums->weights[k].first[output * sums->weights[k].step];
}

/*
 * Adds output channels `output` and, if there is one, the next, of exponent `exponent`, as if the clamp had not acted. scratch:
 * two fl_mantissa a pixel.
 */
void fl_add_viewed_planes(const fl_view_sums *sums, const fl_gradient_view *view, int32_t output, int32_t exponent,
                          fl_mantissa *scratch);

#endif
