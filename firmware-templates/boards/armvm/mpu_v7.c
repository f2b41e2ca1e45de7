/*
 * ARMv7-M: the memory protection unit draws the board that the program was built for: flash to read and execute, exactly
 * the SRAM budget, storage and peripherals to read and write. Anything else traps (PRIVDEFENA is 0), the stack's end
 * included, because the stack is the first thing in SRAM.
 */
#include "fl_board.h"
#include "fl_regions.h"

#define MPU_CONTROL (*(volatile uint32_t *)0xe000ed94u)
#define MPU_BASE (*(volatile uint32_t *)0xe000ed9cu)
#define MPU_ATTRIBUTES (*(volatile uint32_t *)0xe000eda0u)

#define EXECUTE_NEVER (1u << 28)
#define READ_WRITE (3u << 24)
#define READ_ONLY (6u << 24)
#define NORMAL_MEMORY (1u << 19 | 1u << 17 | 1u << 16)
#define DEVICE_MEMORY (1u << 18 | 1u << 16)

enum { REGION_VALID = 16, ENABLE = 1, SUBREGIONS = 8, SMALLEST_REGION = 256 };

/* The region is the next power of two; of its eighths, those beyond `bytes` are switched off. */
static void draw(uint32_t region, uint32_t origin, uint32_t bytes, uint32_t attributes) {
  if (bytes == 0) return;
  uint32_t size = SMALLEST_REGION;
  uint32_t log2 = 8;
  for (; size < bytes; size *= 2) log2++;
  const uint32_t used = bytes / (size / SUBREGIONS);
  const uint32_t disabled = 0xffu & ~((1u << used) - 1u);
  MPU_BASE = origin | REGION_VALID | region;
  MPU_ATTRIBUTES = attributes | disabled << 8 | (log2 - 1) << 1 | ENABLE;
}

void fl_board_protect(void) {
  const uint32_t data = READ_WRITE | NORMAL_MEMORY | EXECUTE_NEVER;
  draw(0, fl_symbol(__flash_origin), fl_symbol(__flash_region_bytes), READ_ONLY | NORMAL_MEMORY);
  draw(1, fl_symbol(__sram_origin), fl_symbol(__sram_bytes), data);
  draw(2, FL_PERIPHERALS, FL_PERIPHERAL_BYTES, READ_WRITE | DEVICE_MEMORY | EXECUTE_NEVER);
  draw(3, fl_symbol(__storage_origin), fl_symbol(__storage_bytes), data);
  draw(4, fl_symbol(__arena_origin), fl_symbol(__arena_bytes), data);
  MPU_CONTROL = ENABLE;
  __asm__ volatile("dsb\n isb" : : : "memory");
}
