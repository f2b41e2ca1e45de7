/* The order of the items in each pass: NUMERICS N9. */
#ifndef FL_ORDER_H
#define FL_ORDER_H

#include <stdint.h>

/* Capture order: before pass 0. */
void fl_order_reset(uint16_t *order, uint32_t count);
/* Shuffles the list as the pass before left it. */
void fl_order_shuffle(uint16_t *order, uint32_t count, uint32_t seed, uint32_t pass);

#endif
