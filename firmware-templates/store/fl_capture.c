#include <stddef.h>

#include "fl_capture_layout.h"
#include "fl_crc32.h"
#include "fl_hal.h"

enum { DROPPED = 0 };

/* ---- What is there ---- */

static uint32_t header_crc(const fl_capture_block *header) {
  return fl_crc32(0, &header->sequence, offsetof(fl_capture_block, crc) - offsetof(fl_capture_block, sequence));
}

/* Of the newest block; 0 if there is none. */
static uint32_t newest_sequence(const fl_capture *ring) {
  return ring->newest == ring->blocks ? 0 : fl_capture_block_of(ring, ring->newest)->sequence;
}

static uint32_t slot_crc(const fl_capture_slot *slot, const void *features, uint32_t bytes) {
  return fl_crc32(fl_crc32(0, &slot->label, sizeof *slot - offsetof(fl_capture_slot, label)), features, bytes);
}

static bool program(const fl_capture *ring, uint32_t at, const void *bytes, uint32_t count) {
  return fl_hal_flash_program((uint32_t)(ring->bytes - fl_hal_flash()) + at, bytes, count);
}

/* A word that begins a block or a slot, made 0: bits can always be cleared. */
static bool drop(const fl_capture *ring, uint32_t at) {
  static const uint32_t dropped = DROPPED;
  return program(ring, at, &dropped, sizeof dropped);
}

static bool check_slots(const fl_capture *ring, uint32_t block) {
  for (uint32_t i = 0; i < ring->slots; i++) {
    const fl_capture_slot *slot = fl_capture_slot_of(ring, block, i);
    if (!fl_capture_is_stored(slot) || slot->crc == slot_crc(slot, slot + 1, ring->item_bytes)) continue;
    if (!drop(ring, fl_capture_slot_at(ring, block, i))) return false;
  }
  return true;
}

/* Drops what is damaged; notes the newest block. */
static bool check_block(fl_capture *ring, uint32_t block) {
  const fl_capture_block *header = fl_capture_block_of(ring, block);
  if (header->magic != FL_CAPTURE_BLOCK) return true;
  if (header->crc != header_crc(header)) return drop(ring, fl_capture_block_at(ring, block));
  if (!fl_capture_is_in_use(ring, block)) return true;
  const bool is_newer = (int32_t)(header->sequence - newest_sequence(ring)) > 0;
  if (ring->newest == ring->blocks || is_newer) ring->newest = block;
  return check_slots(ring, block);
}

bool fl_capture_open(fl_capture *ring, uint32_t offset, uint32_t bytes, uint32_t item_bytes) {
  const uint64_t slot = (sizeof(fl_capture_slot) + (uint64_t)item_bytes + 3) & ~(uint64_t)3;
  const uint64_t block = (sizeof(fl_capture_block) + slot + FL_SECTOR_BYTES - 1) / FL_SECTOR_BYTES * FL_SECTOR_BYTES;
  ring->blocks = 0;
  if (2 * block > bytes || offset > fl_hal_flash_bytes() || fl_hal_flash_bytes() - offset < bytes) return false;
  ring->bytes = fl_hal_flash() + offset;
  ring->item_bytes = item_bytes;
  ring->slot_bytes = (uint32_t)slot;
  ring->block_bytes = (uint32_t)block;
  ring->blocks = bytes / (uint32_t)block;
  ring->slots = ((uint32_t)block - (uint32_t)sizeof(fl_capture_block)) / (uint32_t)slot;
  ring->newest = ring->blocks;
  for (uint32_t i = 0; i < ring->blocks; i++) {
    if (!check_block(ring, i)) {
      ring->blocks = 0;
      return false;
    }
  }
  return true;
}

/* ---- Storing ---- */

static bool is_blank(const fl_capture *ring, uint32_t offset, uint32_t bytes) {
  const uint8_t *at = ring->bytes + offset;
  for (uint32_t i = 0; i < bytes; i++) {
    if (at[i] != 0xFF) return false;
  }
  return true;
}

/* The slot behind all that anything was ever written to: `slots` if there is none. */
static uint32_t next_slot(const fl_capture *ring) {
  uint32_t slot = ring->slots;
  if (ring->newest == ring->blocks) return slot;
  while (slot > 0 && is_blank(ring, fl_capture_slot_at(ring, ring->newest, slot - 1), ring->slot_bytes)) slot--;
  return slot;
}

static uint32_t next_block(const fl_capture *ring) { return ring->newest + 1 >= ring->blocks ? 0 : ring->newest + 1; }

/* The header goes first, in the first sector: what is left of the block without it is nothing. */
static bool erase_block(const fl_capture *ring, uint32_t block) {
  for (uint32_t at = 0; at < ring->block_bytes; at += FL_SECTOR_BYTES) {
    if (!fl_hal_flash_erase((uint32_t)(ring->bytes - fl_hal_flash()) + fl_capture_block_at(ring, block) + at)) return false;
  }
  return true;
}

/* Programs all of `bytes` but the first word, then that. */
static bool program_word_last(const fl_capture *ring, uint32_t at, const uint8_t *bytes, uint32_t count) {
  const uint32_t word = sizeof(uint32_t);
  return program(ring, at + word, bytes + word, count - word) && program(ring, at, bytes, word);
}

static bool begin_block(fl_capture *ring) {
  const uint32_t block = next_block(ring);
  fl_capture_block header = {FL_CAPTURE_BLOCK, newest_sequence(ring) + 1, ring->item_bytes, 0};
  header.crc = header_crc(&header);
  if (!erase_block(ring, block)) return false;
  if (!program_word_last(ring, fl_capture_block_at(ring, block), (const uint8_t *)&header, sizeof header)) return false;
  ring->newest = block;
  return true;
}

bool fl_capture_append(fl_capture *ring, const fl_captured_item *item) {
  uint32_t slot = next_slot(ring);
  if (slot == ring->slots) {
    if (!begin_block(ring)) return false;
    slot = 0;
  }
  fl_capture_slot header = {FL_CAPTURE_STORED, 0, (uint8_t)item->label, (uint8_t)item->use, {0, 0}};
  header.crc = slot_crc(&header, item->features, ring->item_bytes);
  const uint32_t at = fl_capture_slot_at(ring, ring->newest, slot);
  return program(ring, at + (uint32_t)sizeof header, item->features, ring->item_bytes) &&
         program_word_last(ring, at, (const uint8_t *)&header, sizeof header);
}

bool fl_capture_drops(const fl_capture *ring) {
  return next_slot(ring) == ring->slots && fl_capture_is_in_use(ring, next_block(ring));
}
