/*
 * Which outputs of a row or column a kernel tap meets inside the map: those o in [begin, end) with
 * 0 <= o * stride + offset < extent. RAM: none.
 */
#ifndef FL_REACH_H
#define FL_REACH_H

#include <stdint.h>

typedef struct {
  int32_t begin, end;
} fl_reach;

static inline fl_reach fl_reach_of(int32_t outputs, int32_t stride, int32_t offset, int32_t extent) {
  const int32_t begin = offset >= 0 ? 0 : (stride - 1 - offset) / stride;
  const int32_t last = extent - 1 - offset; /* largest o * stride that is inside */
  const int32_t end = last < 0 ? 0 : last / stride + 1;
  return (fl_reach){begin, end < outputs ? end : outputs};
}

#endif
