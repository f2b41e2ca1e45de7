#include "fl_walk.h"

int32_t fl_walk_on(const fl_pair *pair, fl_walk *walk) {
  for (int32_t axis = FL_RANK - 2; axis >= 0; axis--) {
    walk->first += pair->first[axis];
    walk->second += pair->second[axis];
    if (++walk->index[axis] < pair->extents[axis]) return 1;
    walk->first -= pair->first[axis] * pair->extents[axis];
    walk->second -= pair->second[axis] * pair->extents[axis];
    walk->index[axis] = 0;
  }
  return 0;
}
