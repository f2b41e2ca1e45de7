/*
 * NOR flash emulated in plain memory, for boards whose "flash" is RAM in truth (a file-backed PSRAM under QEMU, a piece
 * of the linear memory in WebAssembly, an array on the PC). It keeps the two rules that real flash enforces, so that
 * code which breaks them fails here too: a sector is erased as a whole, and programming only clears bits.
 */
#ifndef FL_NOR_H
#define FL_NOR_H

#include <stdbool.h>
#include <stdint.h>

/* False: not on a sector. */
bool fl_nor_erase(uint8_t *flash, uint32_t flash_bytes, uint32_t offset);
/* False: out of range, or a bit that is 0 was to become 1; nothing is written then. */
bool fl_nor_program(uint8_t *flash, uint32_t flash_bytes, uint32_t offset, const uint8_t *bytes, uint32_t count);

#endif
