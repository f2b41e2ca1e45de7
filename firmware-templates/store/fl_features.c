#include "fl_features.h"

#include <stddef.h>

#include "fl_bytes.h"
#include "fl_crc32.h"
#include "fl_hal.h"

enum { MAGIC = 0x54464C46 /* 'FLFT' */, LABEL_BYTES = 4 };

typedef struct {
  uint32_t magic;
  uint32_t layout;
  uint32_t prefix;
  uint32_t item_bytes;
  uint32_t count;
  uint32_t items_crc;
  uint8_t digest[FL_DIGEST_BYTES];
  uint32_t crc; /* of everything above */
} features_header;

static uint32_t count_of(const fl_samples *items) { return items->adapt_count + items->test_count; }

/* Bytes of the log that items are in. */
static uint64_t log_bytes(const fl_samples *items) {
  const uint32_t count = items->captured == NULL ? count_of(items) : items->log_adapt_count + items->log_test_count;
  return (uint64_t)items->stride * count;
}

static uint32_t crc_of(const fl_samples *items) {
  uint32_t crc = 0;
  for (uint32_t i = 0; i < count_of(items); i++) {
    crc = fl_crc32(crc, fl_samples_item(items, i), LABEL_BYTES + items->item_bytes);
  }
  return crc;
}

static features_header header_of(const fl_features *features, const fl_features_base *base) {
  const fl_samples *items = features->items;
  features_header header = {.magic = MAGIC,
                            .layout = base->layout,
                            .prefix = base->prefix,
                            .item_bytes = features->rows.item_bytes,
                            .count = count_of(items),
                            .items_crc = crc_of(items)};
  fl_copy(header.digest, base->digest, FL_DIGEST_BYTES);
  header.crc = fl_crc32(0, &header, offsetof(features_header, crc));
  return header;
}

bool fl_features_open(fl_features *features, const fl_samples *items, uint32_t item_bytes) {
  const uint64_t stride = LABEL_BYTES + (((uint64_t)item_bytes + 3) & ~(uint64_t)3);
  const uint64_t sectors = 1 + (stride * count_of(items) + FL_SECTOR_BYTES - 1) / FL_SECTOR_BYTES;
  const uint32_t end = fl_hal_flash_bytes() / FL_SECTOR_BYTES * FL_SECTOR_BYTES;
  const uint64_t taken = (uint64_t)(items->items - fl_hal_flash()) + log_bytes(items);
  if (taken + sectors * FL_SECTOR_BYTES > end) return false;
  features->items = items;
  features->offset = end - (uint32_t)sectors * FL_SECTOR_BYTES;
  features->rows = *items;
  features->rows.captured = NULL;
  features->rows.items = fl_hal_flash() + features->offset + FL_SECTOR_BYTES;
  features->rows.stride = (uint32_t)stride;
  features->rows.item_bytes = item_bytes;
  return true;
}

bool fl_features_are_of(const fl_features *features, const fl_features_base *base) {
  const features_header wanted = header_of(features, base);
  return fl_equal(fl_hal_flash() + features->offset, &wanted, sizeof wanted);
}

bool fl_features_begin(const fl_features *features) { return fl_hal_flash_erase(features->offset); }

/* A sector is erased when the first byte of it is about to be written. */
static bool make_room(uint32_t from, uint32_t to) {
  uint32_t sector = (from + FL_SECTOR_BYTES - 1) / FL_SECTOR_BYTES * FL_SECTOR_BYTES;
  for (; sector < to; sector += FL_SECTOR_BYTES) {
    if (!fl_hal_flash_erase(sector)) return false;
  }
  return true;
}

bool fl_features_put(const fl_features *features, uint32_t index, const uint8_t *bytes) {
  const fl_samples *rows = &features->rows;
  const uint32_t at = features->offset + FL_SECTOR_BYTES + index * rows->stride;
  return make_room(at, at + rows->stride) &&
         fl_hal_flash_program(at, fl_samples_item(features->items, index), LABEL_BYTES) &&
         fl_hal_flash_program(at + LABEL_BYTES, bytes, rows->item_bytes);
}

bool fl_features_commit(const fl_features *features, const fl_features_base *base) {
  const features_header header = header_of(features, base);
  return fl_hal_flash_program(features->offset, (const uint8_t *)&header, sizeof header) &&
         fl_features_are_of(features, base);
}
