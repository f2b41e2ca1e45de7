#include "fl_boots.h"

#include <stdbool.h>

#include "fl_flash_map.h"

enum { ENTRY_BYTES = 8, ENTRIES = FL_SECTOR_BYTES / ENTRY_BYTES };

typedef struct {
  uint32_t count;
  uint32_t complement;
} entry;

static const entry *entries_of(uint32_t sector) {
  return (const entry *)(const void *)(fl_hal_flash() + FL_MAP_BOOTS + sector * FL_SECTOR_BYTES);
}

static bool is_blank(const entry *at) { return at->count == 0xFFFFFFFFu && at->complement == 0xFFFFFFFFu; }

/* Entries in use, good or torn: the first blank one ends the log. */
static uint32_t used_in(uint32_t sector) {
  uint32_t used = 0;
  while (used < ENTRIES && !is_blank(entries_of(sector) + used)) used++;
  return used;
}

/* The last good count of a sector; 0: none. */
static uint32_t last_in(uint32_t sector) {
  for (uint32_t i = used_in(sector); i > 0; i--) {
    const entry *at = entries_of(sector) + i - 1;
    if (at->count == ~at->complement) return at->count;
  }
  return 0;
}

static void append(uint32_t sector, uint32_t count) {
  uint32_t used = used_in(sector);
  if (used == ENTRIES) {
    sector ^= 1;
    used = 0;
    if (!fl_hal_flash_erase(FL_MAP_BOOTS + sector * FL_SECTOR_BYTES)) return;
  }
  const entry next = {count, ~count};
  const uint32_t offset = FL_MAP_BOOTS + sector * FL_SECTOR_BYTES + used * ENTRY_BYTES;
  (void)fl_hal_flash_program(offset, (const uint8_t *)&next, sizeof next); /* a lost count does no harm */
}

uint32_t fl_boots_count(void) {
  const uint32_t first = last_in(0);
  const uint32_t second = last_in(1);
  const uint32_t count = (first > second ? first : second) + 1;
  append(second > first ? 1 : 0, count);
  return count;
}
