/*
 * Walks two arrays together through up to six dimensions: operands of different shape, slices, transposes. RAM: the walk.
 */
#ifndef FL_WALK_H
#define FL_WALK_H

#include <stdint.h>

enum { FL_RANK = 6 };

/*
 * Steps, in elements, from one index of a dimension to the next. Dimensions that are not needed come first and have extent 1;
 * neighbours that can be walked as one are one (libs/firmware/codegen/ops/axes.ts).
 */
typedef struct {
  int32_t extents[FL_RANK];
  int32_t first[FL_RANK];
  int32_t second[FL_RANK];
} fl_pair;

/* The row (last dimension) that the walk is at: offsets of its first element. Begins as all zeros. */
typedef struct {
  int32_t first, second;
  int32_t index[FL_RANK - 1];
} fl_walk;

/* On to the next row, in row-major order; 0 after the last one. */
int32_t fl_walk_on(const fl_pair *pair, fl_walk *walk);

#endif
