#include "fl_kernels.h"

void fl_move_s8(const fl_pair *places, const int8_t *input, int8_t *output) {
  const int32_t count = places->extents[FL_RANK - 1];
  const int32_t from_step = places->first[FL_RANK - 1], to_step = places->second[FL_RANK - 1];
  fl_walk row = {0};
  do {
    const int8_t *from = input + row.first;
    int8_t *to = output + row.second;
    if (from_step == 1 && to_step == 1) {
      for (int32_t i = 0; i < count; i++) to[i] = from[i];
    } else {
      for (int32_t i = 0; i < count; i++, from += from_step, to += to_step) *to = *from;
    }
  } while (fl_walk_on(places, &row));
}
