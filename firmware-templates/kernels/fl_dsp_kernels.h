/*
 * The kernels of fl_kernels.h again, for cores with DSP instructions and programs whose parameters are linked in: weights
 * are packed by libs/firmware/codegen/parameters/dsp-filter.ts, requantisation is proved for exactly these weights. Results
 * are those of the plain kernels to the bit; bands and rings are theirs.
 *
 * RAM: scratch as stated, at a multiple of 4 bytes. Flash: 15 KB for all, of which depthwise takes 9.
 */
#ifndef FL_DSP_KERNELS_H
#define FL_DSP_KERNELS_H

#include "fl_kernels.h"

/* Parameters of a layer, in words. The outputs are clamped by the range of int8 only. */
typedef struct {
  /*
   * Convolutions: for every pair of outputs o, o + 1 (a last odd one is paired with zeros) the weights, then an fl_affine or
   * fl_exact for each of the two, the first for 256 (exact: 128) times the sum. Weights: for every pair of inputs a word
   * with a lane of 256 * w[o] + w[o + 1] each: inputs 0 and 2, 1 and 3 of every four, zeros after the last up to a multiple
   * of eight.
   * Depthwise: for every channel an fl_affine, or an fl_exact in three words (its power with the zero point in the lowest
   * byte, which is negative as no factor is; addend, multiplier), then the bytes of every kernel row, fours in the order
   * 0 2 1 3, zeros after the last; rows of 3x3 are 0 1 1 2.
   */
  const int32_t *weights;
  int32_t is_exact; /* of convolutions: fl_exact */
} fl_dsp_filter;

/* Sums of two scaled elements: clamped ((first * x + second * y + addend) >> shift). */
typedef struct {
  int32_t first, second, addend, shift;
} fl_dsp_sum;

enum { FL_DSP_PIXELS = 3 }; /* that are worked on together, at most */

/* Pixels of a run that are next: threes, four as two and two, because one alone costs as much as two. */
static inline int32_t fl_dsp_pixels(int32_t left) {
  return left == 4 ? 2 : left < FL_DSP_PIXELS ? left : FL_DSP_PIXELS;
}

/*
 * scratch: for each of up to FL_DSP_PIXELS pixels of a call, I (rounded up to 8) int16.
 * Order: pixels of the band ascending, as one run that ends where a ring wraps, in groups as fl_dsp_pixels says: the inputs
 * of a group are copied to scratch before the first of its outputs is written.
 */
void fl_pointwise_conv2d_dsp(const fl_window *window, const fl_dsp_filter *filter, const fl_band *band, int16_t *scratch);

/*
 * scratch: for each of up to FL_DSP_PIXELS pixels of a row, kh*kw*I (rounded up to 8) int16 and as many int8.
 * Order: as the former, row by row.
 */
void fl_conv2d_dsp(const fl_window *window, const fl_dsp_filter *filter, int32_t input_zero, const fl_band *band,
                   int16_t *scratch);

/* scratch: for each of up to FL_DSP_PIXELS rows, `depth` (rounded up to 8) int16. Order: rows ascending, in such groups. */
void fl_fully_connected_dsp(int32_t rows, int32_t depth, int32_t outputs, const fl_dsp_filter *filter, const int8_t *input,
                            int8_t *output, int16_t *scratch);

/*
 * Multiplier 1, dilation 1. scratch: of 4 channels each, the weights as int16 (kw rounded up to 4), 12 bytes, and kh
 * rows of ((out_width - 1) * stride + kw + 1) int16 (rounded up to 2).
 * Order: four channels at a time (the last 1 to 3 together), rows ascending; before an output row is written, all input rows
 * (of its channels) that it needs are in scratch: those that the row before did not need are copied then.
 */
void fl_depthwise_conv2d_dsp(const fl_window *window, const fl_dsp_filter *filter, int32_t input_zero, const fl_band *band,
                             int16_t *scratch);

/* Order: elements ascending, by fours; each is read before it is written. */
void fl_add_dsp(const fl_dsp_sum *sum, int32_t count, const int8_t *first, const int8_t *second, int8_t *output);

/* The inner loop of convolutions: `pixels` columns of words, as fl_widen_dsp leaves them, times all filters. */
void fl_columns_dsp(const fl_dsp_filter *filter, const int16_t *columns, int32_t pixels, int32_t depth, int32_t outputs,
                    int8_t *output);

/* Copies `pixels` inputs of `depth` bytes to columns: pair by pair the pixels side by side. At most FL_DSP_PIXELS. */
void fl_widen_dsp(const int8_t *input, int32_t pixels, int32_t depth, int16_t *columns);

#endif
