#include "fl_provisioning.h"

#include <stdbool.h>
#include <stddef.h>

#include "fl_flash_map.h"
#include "fl_record.h"

enum { MAGIC = 0x52504C46 /* 'FLPR' */ };

/* The CRC proves the bytes, not that whoever wrote them was sane: a text must end inside its field. */
static bool ends(const char *text, uint32_t capacity) { return text[capacity - 1] == 0; }

/* Slots and ring lie in the flash. */
static bool places_fit(const fl_provisioning *found) {
  const uint32_t flash = fl_hal_flash_bytes();
  if (found->slot_bytes % FL_SECTOR_BYTES != 0 || found->capture_bytes % FL_SECTOR_BYTES != 0) return false;
  if (flash <= FL_MAP_SLOTS || found->slot_bytes > (flash - FL_MAP_SLOTS) / 2 - FL_SECTOR_BYTES) return false;
  return found->capture_bytes <= flash - FL_MAP_SLOTS - 2 * (FL_SECTOR_BYTES + found->slot_bytes);
}

static bool is_sane(const fl_provisioning *found) {
  return ends(found->board, sizeof found->board) && ends(found->core, sizeof found->core) &&
         ends(found->label, sizeof found->label) && ends(found->token, sizeof found->token) && places_fit(found);
}

const fl_provisioning *fl_provisioning_read(void) {
  const fl_provisioning *found = fl_record_read(FL_MAP_PROVISIONING, MAGIC, sizeof(fl_provisioning));
  return found != NULL && is_sane(found) ? found : NULL;
}
