#include "fl_record.h"

#include <stddef.h>

#include "fl_crc32.h"
#include "fl_hal.h"

typedef struct {
  uint32_t magic;
  uint32_t sequence; /* counts writes; the newer copy is in force */
  uint32_t payload_bytes;
  uint32_t crc; /* of the three words above and the payload */
} record_header;

static uint32_t crc_of(const record_header *header, const void *payload) {
  return fl_crc32(fl_crc32(0, header, offsetof(record_header, crc)), payload, header->payload_bytes);
}

/* The valid copy in this sector, or null. */
static const record_header *copy_at(uint32_t offset, uint32_t magic, uint32_t payload_bytes) {
  const record_header *header = (const record_header *)(const void *)(fl_hal_flash() + offset);
  if (header->magic != magic || header->payload_bytes != payload_bytes) return NULL;
  return header->crc == crc_of(header, header + 1) ? header : NULL;
}

/* The difference decides, so that the counter may wrap. */
static bool is_newer(const record_header *a, const record_header *b) {
  return (int32_t)(a->sequence - b->sequence) > 0;
}

static const record_header *in_force(uint32_t offset, uint32_t magic, uint32_t payload_bytes) {
  const record_header *first = copy_at(offset, magic, payload_bytes);
  const record_header *second = copy_at(offset + FL_SECTOR_BYTES, magic, payload_bytes);
  if (first == NULL || (second != NULL && is_newer(second, first))) return second;
  return first;
}

const void *fl_record_read(uint32_t offset, uint32_t magic, uint32_t payload_bytes) {
  const record_header *header = in_force(offset, magic, payload_bytes);
  return header == NULL ? NULL : header + 1;
}

bool fl_record_write(uint32_t offset, uint32_t magic, const void *payload, uint32_t payload_bytes) {
  const record_header *old = in_force(offset, magic, payload_bytes);
  const bool old_is_first = old == (const record_header *)(const void *)(fl_hal_flash() + offset);
  const uint32_t target = old_is_first ? offset + FL_SECTOR_BYTES : offset;
  record_header header = {magic, old == NULL ? 1 : old->sequence + 1, payload_bytes, 0};
  header.crc = crc_of(&header, payload);
  return fl_hal_flash_erase(target) && fl_hal_flash_program(target + FL_RECORD_HEADER_BYTES, payload, payload_bytes) &&
         fl_hal_flash_program(target, (const uint8_t *)&header, sizeof header) &&
         copy_at(target, magic, payload_bytes) != NULL;
}
