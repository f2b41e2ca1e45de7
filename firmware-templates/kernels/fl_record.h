/* Clamp masks of two operands that are walked together: bits of the output's elements, in order. RAM: none. */
#ifndef FL_RECORD_H
#define FL_RECORD_H

#include "fl_gradients.h"
#include "fl_mask_fill.h"

/* How many elements the walk meets. */
static inline int32_t fl_recorded(const fl_pair *operands) {
  int32_t count = 1;
  for (int32_t axis = 0; axis < FL_RANK; axis++) count *= operands->extents[axis];
  return count;
}

/* The bit of element `index`: was `value` within the clamp? */
static inline void fl_record(uint8_t *mask, int32_t index, int32_t value, int32_t low, int32_t high) {
  if (value < low || value > high) fl_mask_clear(mask, index);
}

#endif
