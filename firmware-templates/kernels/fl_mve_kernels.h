/*
 * The kernels of fl_kernels.h again, for cores with vector instructions (MVE: Cortex-M55, M85) and programs whose parameters
 * are linked in. Results are those of the plain kernels to the bit; bands and rings are theirs.
 *
 * Elsewhere than on such a core nothing is compiled of them.
 * RAM: scratch as stated, at a multiple of 4 bytes. Flash: 6 KB for all, of which depthwise takes 3.4.
 * Stack: below 512 bytes.
 */
#ifndef FL_MVE_KERNELS_H
#define FL_MVE_KERNELS_H

#include "fl_kernels.h"

/*
 * Filters of these kernels differ from those of the plain ones in their biases, which are never NULL nor fractional: the
 * input's zero point, times the weights, is in them. All shifts go to the right: -31..-1. Behind the biases lie the
 * multipliers: what is read beyond the last bias, for lanes that are not stored, are these.
 */

/* Sums of two scaled elements: clamped ((first * x + second * y + addend) >> shift). */
typedef struct {
  int32_t first, second, addend, shift;
} fl_mve_sum;

/* scratch: I bytes for each of 2 pixels. Order: as fl_pointwise_conv2d_s8. */
void fl_pointwise_conv2d_mve(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                             int16_t *scratch);

/* scratch: kh*kw*I bytes for each of 2 pixels. Order: as fl_conv2d_s8. */
void fl_conv2d_mve(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                   int16_t *scratch);

/* scratch: `depth` bytes for each of 2 rows. Order: as fl_fully_connected_s8. */
void fl_fully_connected_mve(int32_t rows, int32_t depth, int32_t outputs, const fl_filter *filter, const fl_range *range,
                            const int8_t *input, int8_t *output, int16_t *scratch);

/*
 * Multiplier 1, dilation 1, kernels of at most 8 rows and, with c bytes a cell (4 where there are up to 4 rows, otherwise
 * 8), kw * c <= 64. scratch: 8 (or C, if that is less) planes of ((out_width - 1) * stride + kw) * c <= 9000 bytes, 16
 * bytes, and 64 * ceil(kw * c / 16) bytes.
 * Order: eight channels at a time (the last 1 to 7 together), rows ascending; before an output row is written, all input
 * rows (of its channels) that it needs are in scratch: those that the row before did not need are copied then.
 */
void fl_depthwise_conv2d_mve(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                             int16_t *scratch);

/* Order: elements ascending, by fours; each is read before it is written. */
void fl_add_mve(const fl_mve_sum *sum, int32_t count, const int8_t *first, const int8_t *second, int8_t *output);

/* Order: pixels ascending, channels ascending, by fours, whose windows are read before their outputs are written. */
void fl_average_pool2d_mve(const fl_window *window, const fl_range *range, const fl_band *band);

/* As fl_average_rows_s8. */
void fl_average_rows_mve(const fl_window *window, const fl_range *range, const fl_band *band, int32_t *sums);

/*
 * The inner loop of convolutions: `pixels` (1 or 2) runs of `depth` bytes, one after the other, times all filters. Outputs
 * of a pixel follow those of the one before.
 */
void fl_columns_mve(const fl_filter *filter, const fl_range *range, const int8_t *columns, int32_t pixels, int32_t depth,
                    int32_t outputs, int8_t *output);

#endif
