/* The part of a pooling window that lies on the map, and how its rows are met. RAM: none. */
#ifndef FL_POOL_H
#define FL_POOL_H

#include "fl_kernels.h"
#include "fl_rows.h"

/* [y_begin, y_end) x [x_begin, x_end) of the input. */
typedef struct {
  int32_t y_begin, y_end, x_begin, x_end;
} fl_pooled;

static inline fl_pooled fl_pooled_at(const fl_window *w, int32_t oy, int32_t ox) {
  const int32_t top = oy * w->stride_height - w->pad_top;
  const int32_t left = ox * w->stride_width - w->pad_left;
  const int32_t bottom = top + w->kernel_height, right = left + w->kernel_width;
  return (fl_pooled){top > 0 ? top : 0, bottom < w->in_height ? bottom : w->in_height, left > 0 ? left : 0,
                     right < w->in_width ? right : w->in_width};
}

#endif
