#include "fl_memory.h"

/* Compiled with -fno-builtin and without loop idioms: else these loops would become calls of themselves. */

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  unsigned char *target = to;
  const unsigned char *source = from;
  for (size_t i = 0; i < count; i++) target[i] = source[i];
  return to;
}

void *memset(void *to, int value, size_t count) {
  unsigned char *target = to;
  for (size_t i = 0; i < count; i++) target[i] = (unsigned char)value;
  return to;
}
