/*
 * Measures memory by painting it: the words that no longer hold the paint were written. A word written with the paint's
 * own value at the very edge is missed.
 */
#ifndef FL_PAINT_H
#define FL_PAINT_H

#include <stdint.h>

enum { FL_PAINT_BYTE = 0xA5 };

void fl_paint(uint8_t *from, uint32_t count);
/* Bytes from the beginning to the end of the last word that was written. */
uint32_t fl_paint_high_water(const uint8_t *from, uint32_t count);

#endif
