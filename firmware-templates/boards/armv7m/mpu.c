/*
 * The memory protection unit draws the board that the program was built for: flash to read and execute, exactly the SRAM
 * budget, storage and peripherals to read and write. Anything else traps (PRIVDEFENA is 0), the stack's end included,
 * because the stack is the first thing in SRAM.
 */
#include "fl_board.h"

extern uint8_t __flash_origin[], __flash_region_bytes[], __sram_origin[], __sram_bytes[], __storage_origin[], __storage_bytes[];

#define MPU_CONTROL (*(volatile uint32_t *)0xe000ed94u)
#define MPU_BASE (*(volatile uint32_t *)0xe000ed9cu)
#define MPU_ATTRIBUTES (*(volatile uint32_t *)0xe000eda0u)

#define EXECUTE_NEVER (1u << 28)
#define READ_WRITE (3u << 24)
#define READ_ONLY (6u << 24)
#define NORMAL_MEMORY (1u << 19 | 1u << 17 | 1u << 16)
#define DEVICE_MEMORY (1u << 18 | 1u << 16)

enum { REGION_VALID = 16, ENABLE = 1, SUBREGIONS = 8, SMALLEST_REGION = 256 };

#define PERIPHERALS 0x40000000u
#define PERIPHERAL_BYTES 0x20000000u

/* The region is the next power of two; of its eighths, those beyond `bytes` are switched off. */
static void draw(uint32_t region, uint32_t origin, uint32_t bytes, uint32_t attributes) {
  uint32_t size = SMALLEST_REGION;
  uint32_t log2 = 8;
  for (; size < bytes; size *= 2) log2++;
  const uint32_t used = bytes / (size / SUBREGIONS);
  const uint32_t disabled = 0xffu & ~((1u << used) - 1u);
  MPU_BASE = origin | REGION_VALID | region;
  MPU_ATTRIBUTES = attributes | disabled << 8 | (log2 - 1) << 1 | ENABLE;
}

static uint32_t value(const uint8_t *symbol) { return (uint32_t)(uintptr_t)symbol; }

void fl_board_protect(void) {
  draw(0, value(__flash_origin), value(__flash_region_bytes), READ_ONLY | NORMAL_MEMORY);
  draw(1, value(__sram_origin), value(__sram_bytes), READ_WRITE | NORMAL_MEMORY | EXECUTE_NEVER);
  draw(2, PERIPHERALS, PERIPHERAL_BYTES, READ_WRITE | DEVICE_MEMORY | EXECUTE_NEVER);
  if (value(__storage_bytes) > 0) {
    draw(3, value(__storage_origin), value(__storage_bytes), READ_WRITE | NORMAL_MEMORY | EXECUTE_NEVER);
  }
  MPU_CONTROL = ENABLE;
  __asm__ volatile("dsb\n isb" : : : "memory");
}
