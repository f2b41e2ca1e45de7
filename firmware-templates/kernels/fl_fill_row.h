/* A row of sums of one value. Header only. RAM: none. Flash: where used, 4 kernels. */
#ifndef FL_FILL_ROW_H
#define FL_FILL_ROW_H

#include <stdint.h>

static inline void fl_fill_row(int32_t *row, int32_t pixels, int32_t value) {
  const int32_t *end = row + (pixels & ~3);
  for (; row != end; row += 4) row[0] = row[1] = row[2] = row[3] = value;
  for (end += pixels & 3; row != end; row++) *row = value;
}

#endif
