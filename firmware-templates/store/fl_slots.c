#include "fl_slots.h"

#include <stddef.h>

#include "fl_bytes.h"
#include "fl_crc32.h"
#include "fl_flash_map.h"

enum { MAGIC = 0x4C534C46 /* 'FLSL' */ };

static uint32_t header_offset(const fl_slots *slots, uint32_t slot) {
  return FL_MAP_SLOTS + slot * (FL_SECTOR_BYTES + slots->slot_bytes);
}

static uint32_t crc_of(const fl_slot_header *header) { return fl_crc32(0, header, offsetof(fl_slot_header, crc)); }

uint32_t fl_slots_offset(const fl_slots *slots, uint32_t slot) { return header_offset(slots, slot) + FL_SECTOR_BYTES; }

const uint8_t *fl_slots_image(const fl_slots *slots, uint32_t slot) {
  return fl_hal_flash() + fl_slots_offset(slots, slot);
}

uint32_t fl_slots_end(const fl_slots *slots) { return header_offset(slots, FL_SLOT_COUNT); }

const fl_slot_header *fl_slots_header(const fl_slots *slots, uint32_t slot) {
  const fl_slot_header *header =
      (const fl_slot_header *)(const void *)(fl_hal_flash() + header_offset(slots, slot));
  const bool complete = header->magic == MAGIC && header->bytes <= slots->slot_bytes && header->crc == crc_of(header);
  return complete ? header : NULL;
}

uint32_t fl_slots_newest(const fl_slots *slots) {
  const fl_slot_header *first = fl_slots_header(slots, 0);
  const fl_slot_header *second = fl_slots_header(slots, 1);
  if (first == NULL) return second == NULL ? FL_SLOT_COUNT : 1;
  if (second == NULL) return 0;
  return (int32_t)(second->sequence - first->sequence) > 0 ? 1 : 0;
}

uint32_t fl_slots_target(const fl_slots *slots) { return fl_slots_newest(slots) == 0 ? 1 : 0; }

bool fl_slots_open(const fl_slots *slots, uint32_t slot) {
  return fl_slots_header(slots, slot) == NULL || fl_hal_flash_erase(header_offset(slots, slot));
}

bool fl_slots_commit(const fl_slots *slots, uint32_t slot, uint32_t artifact, uint32_t bytes, const uint8_t *digest) {
  const uint32_t newest = fl_slots_newest(slots);
  const uint32_t last = newest == FL_SLOT_COUNT ? 0 : fl_slots_header(slots, newest)->sequence;
  fl_slot_header header = {MAGIC, last + 1, artifact, bytes, {0}, 0};
  fl_copy(header.digest, digest, FL_DIGEST_BYTES);
  header.crc = crc_of(&header);
  const uint32_t offset = header_offset(slots, slot);
  return fl_hal_flash_erase(offset) && fl_hal_flash_program(offset, (const uint8_t *)&header, sizeof header) &&
         fl_slots_header(slots, slot) != NULL;
}
