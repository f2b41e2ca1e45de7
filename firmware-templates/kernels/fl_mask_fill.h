/* Masks begin as all ones; kernels clear the bits of clamped elements. RAM: none. */
#ifndef FL_MASK_FILL_H
#define FL_MASK_FILL_H

#include <stddef.h>
#include <stdint.h>

static inline void fl_mask_fill(uint8_t *mask, int32_t elements) {
  if (mask == NULL) return;
  for (int32_t i = 0; i < (elements + 7) >> 3; i++) mask[i] = 0xff;
}

/* The mask of a map that is computed in bands: the first of them fills it. */
static inline void fl_map_mask_fill(uint8_t *mask, int32_t from, int32_t elements) {
  if (from == 0) fl_mask_fill(mask, elements);
}

#endif
