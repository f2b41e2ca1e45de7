/*
 * The memory that a program may touch, as the linker drew it (link.ld). An arena in a region of its own is one more; a
 * region of no bytes is none.
 */
#ifndef FL_REGIONS_H
#define FL_REGIONS_H

#include <stdint.h>

extern uint8_t __flash_origin[], __flash_region_bytes[];
extern uint8_t __sram_origin[], __sram_bytes[];
extern uint8_t __arena_origin[], __arena_bytes[];
extern uint8_t __storage_origin[], __storage_bytes[];

#define FL_PERIPHERALS 0x40000000u
#define FL_PERIPHERAL_BYTES 0x20000000u

/* Only the addresses of these symbols mean something. */
static inline uint32_t fl_symbol(const uint8_t *symbol) { return (uint32_t)(uintptr_t)symbol; }

#endif
