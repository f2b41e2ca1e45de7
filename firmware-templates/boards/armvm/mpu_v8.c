/*
 * ARMv8-M: the memory protection unit draws the board that the program was built for, as mpu_v7.c does; regions begin and
 * end at multiples of 32 bytes, so every budget can be drawn to the byte that the linker was given.
 */
#include "fl_board.h"
#include "fl_regions.h"

#define MPU_CONTROL (*(volatile uint32_t *)0xe000ed94u)
#define MPU_NUMBER (*(volatile uint32_t *)0xe000ed98u)
#define MPU_BASE (*(volatile uint32_t *)0xe000ed9cu)
#define MPU_LIMIT (*(volatile uint32_t *)0xe000eda0u)
#define MPU_MEMORY_KINDS (*(volatile uint32_t *)0xe000edc0u)

enum { ENABLE = 1, GRAIN = 32 };
/* Access rights, low bits of the base. */
enum { EXECUTE_NEVER = 1, READ_WRITE = 1 << 1, READ_ONLY = 3 << 1 };
/* Bytes of MPU_MEMORY_KINDS, and their numbers: normal memory, written through; a device, in order. */
enum { MEMORY_KINDS = 0xaa | 0x04 << 8, NORMAL = 0 << 1, DEVICE = 1 << 1 };

static void draw(uint32_t region, uint32_t origin, uint32_t bytes, uint32_t rights, uint32_t kind) {
  if (bytes == 0) return;
  MPU_NUMBER = region;
  MPU_BASE = origin | rights;
  MPU_LIMIT = (origin + bytes - GRAIN) | kind | ENABLE;
}

void fl_board_protect(void) {
  const uint32_t data = READ_WRITE | EXECUTE_NEVER;
  MPU_MEMORY_KINDS = MEMORY_KINDS;
  draw(0, fl_symbol(__flash_origin), fl_symbol(__flash_region_bytes), READ_ONLY, NORMAL);
  draw(1, fl_symbol(__sram_origin), fl_symbol(__sram_bytes), data, NORMAL);
  draw(2, FL_PERIPHERALS, FL_PERIPHERAL_BYTES, data, DEVICE);
  draw(3, fl_symbol(__storage_origin), fl_symbol(__storage_bytes), data, NORMAL);
  draw(4, fl_symbol(__arena_origin), fl_symbol(__arena_bytes), data, NORMAL);
  MPU_CONTROL = ENABLE;
  __asm__ volatile("dsb\n isb" : : : "memory");
}
