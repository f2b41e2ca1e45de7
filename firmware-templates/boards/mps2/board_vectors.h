/* Interrupts of the device program on an MPS2 board. */
#ifndef BOARD_VECTORS_H
#define BOARD_VECTORS_H

#include <stdint.h>

void board_use_vectors(void);

/* Handlers, in hal.c. */
void board_tick(void);
void board_received(void);

#endif
