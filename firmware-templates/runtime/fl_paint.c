#include "fl_paint.h"

#include <stdbool.h>

void fl_paint(uint8_t *from, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) from[i] = FL_PAINT_BYTE;
}

static bool is_paint(const uint8_t *word) {
  return word[0] == FL_PAINT_BYTE && word[1] == FL_PAINT_BYTE && word[2] == FL_PAINT_BYTE && word[3] == FL_PAINT_BYTE;
}

uint32_t fl_paint_high_water(const uint8_t *from, uint32_t count) {
  uint32_t end = count & ~3u;
  while (end > 0 && is_paint(from + end - 4)) end -= 4;
  return end;
}
