/*
 * Where the rows of a band's maps lie. A row is asked for once a row, so that the division that a ring costs is rare.
 * RAM: none.
 */
#ifndef FL_ROWS_H
#define FL_ROWS_H

#include <stdint.h>

#include "fl_kernels.h"

static inline int32_t fl_row_in_ring(int32_t row, int32_t rows) { return row < rows ? row : row % rows; }

static inline const int8_t *fl_input_row(const fl_band *band, int32_t row, int32_t row_elements) {
  return band->input + fl_row_in_ring(row, band->input_rows) * row_elements;
}

static inline int8_t *fl_output_row(const fl_band *band, int32_t row, int32_t row_elements) {
  return band->output + fl_row_in_ring(row, band->output_rows) * row_elements;
}

#endif
