/*
 * The inner part of convolutions: columns (the inputs under a kernel, x - zero, of a few output pixels) and their products with
 * all filters. How columns lie is known to these functions alone. RAM: none of their own.
 */
#ifndef FL_COLUMNS_H
#define FL_COLUMNS_H

#include "fl_kernels.h"

/* Columns that are made and multiplied together, at most. */
#if FL_DSP
enum { FL_COLUMNS = 4 };
#else
enum { FL_COLUMNS = 2 };
#endif

/* Of `left` pixels, those that are next, where scratch has columns for `together`: for two it always has. Four, two or one. */
static inline int32_t fl_columns_next(int32_t left, int32_t together) {
  const int32_t most = together < FL_COLUMNS ? 2 : FL_COLUMNS;
  return left >= most ? most : left > 1 ? 2 : left;
}

#if FL_DSP
/*
 * `count` columns lie side by side: of every four inputs a word a pixel with inputs 0 and 2, then one with 1 and 3. The last 1 to 3
 * inputs have zeros behind them; of one or two columns, for which there is no scratch but for what they hold, they follow input
 * by input.
 */
static inline int32_t fl_has_loose_end(int32_t count, int32_t depth) { return count <= 2 && (depth & 3) != 0; }
#endif

/* `count` columns of a 1x1 kernel: pixels of `depth` bytes, one after the other. */
void fl_widen_columns(const int8_t *values, int32_t count, int32_t depth, int32_t zero, int16_t *columns);

/* `count` columns of any kernel, in weight order: output pixels from (oy, ox) on, 0 where the kernel hangs over the edge. */
void fl_gather_columns(const fl_window *window, const fl_band *band, int32_t zero, int32_t oy, int32_t ox, int32_t count,
                       int16_t *columns);

/* `count` columns times all filters. */
void fl_columns_s8(const int16_t *columns, int32_t count, int32_t depth, int32_t outputs, const fl_filter *filter,
                   const fl_range *range, const fl_sink *sink);

/* The same with filters that are trained in part: depth is `taps` times the window's input channels. */
void fl_split_columns_s8(const int16_t *columns, int32_t count, const fl_window *window, const fl_filter *filter,
                         const fl_range *range, const fl_sink *sink);

#endif
