/*
 * Counts starts without wearing the flash out: a log of {count, ~count} in two sectors, erased only when it changes
 * sector (512 starts). An entry that a power cut left half written is not its own complement and is passed over.
 */
#ifndef FL_BOOTS_H
#define FL_BOOTS_H

#include <stdint.h>

/* Counts this start and returns it, 1 for the first. If the flash fails the number may repeat. */
uint32_t fl_boots_count(void);

#endif
