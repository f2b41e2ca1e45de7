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

/* The elements that meet, pair by pair. */
typedef struct {
  const int8_t *first, *second; /* the pair that it is at */
  int32_t index;                /* and how many came before it */
  int32_t left_in_row;
  fl_walk row;
} fl_recording;

/* Before the first pair; all bits are ones. */
static inline fl_recording fl_begin_recording(const fl_pair *operands, const int8_t *first, const int8_t *second, uint8_t *mask) {
  fl_mask_fill(mask, fl_recorded(operands));
  return (fl_recording){.first = first, .second = second, .left_in_row = operands->extents[FL_RANK - 1]};
}

/* The bit of the pair that it is at: was `value` within the clamp? */
static inline void fl_record(const fl_recording *at, int32_t value, int32_t low, int32_t high, uint8_t *mask) {
  if (value < low || value > high) fl_mask_clear(mask, at->index);
}

/* On to the next pair; 0 after the last. first, second: the operands. */
static inline int32_t fl_record_on(const fl_pair *operands, const int8_t *first, const int8_t *second, fl_recording *at) {
  at->index++;
  if (--at->left_in_row > 0) {
    at->first += operands->first[FL_RANK - 1];
    at->second += operands->second[FL_RANK - 1];
    return 1;
  }
  if (!fl_walk_on(operands, &at->row)) return 0;
  at->first = first + at->row.first;
  at->second = second + at->row.second;
  at->left_in_row = operands->extents[FL_RANK - 1];
  return 1;
}

#endif
