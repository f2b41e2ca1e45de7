/* The order of the items in each pass: NUMERICS N9. */
#ifndef FL_ORDER_H
#define FL_ORDER_H

#include <stdint.h>

#include "fl_samples.h"

/* Capture order: before pass 0. */
void fl_order_reset(uint16_t *order, uint32_t count);
/* Balanced: what the pass meets of the first `count` samples, classes by turns, before it is shuffled. Stack: below 100 bytes. */
void fl_order_balance(uint16_t *order, uint32_t count, const fl_samples *samples, uint32_t pass);
/* Shuffles the list as the pass before left it. */
void fl_order_shuffle(uint16_t *order, uint32_t count, uint32_t seed, uint32_t pass);

#endif
