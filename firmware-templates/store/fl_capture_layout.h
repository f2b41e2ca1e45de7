/* Where things lie in a capture ring, for fl_capture*.c only. RAM: none. */
#ifndef FL_CAPTURE_LAYOUT_H
#define FL_CAPTURE_LAYOUT_H

#include "fl_capture.h"

enum { FL_CAPTURE_BLOCK = 0x42524C46 /* 'FLRB' */, FL_CAPTURE_STORED = 0x0000FFFF };

/* At the beginning of a block. */
typedef struct {
  uint32_t magic; /* FL_CAPTURE_BLOCK, written last */
  uint32_t sequence;
  uint32_t item_bytes;
  uint32_t crc; /* of the two before */
} fl_capture_block;

/* Before the features of an item. */
typedef struct {
  uint32_t mark; /* FL_CAPTURE_STORED, written last */
  uint32_t crc;  /* of what follows, the features included */
  uint8_t label;
  uint8_t use;
  uint8_t unused[2];
} fl_capture_slot;

static inline uint32_t fl_capture_block_at(const fl_capture *ring, uint32_t block) { return block * ring->block_bytes; }
static inline uint32_t fl_capture_slot_at(const fl_capture *ring, uint32_t block, uint32_t slot) {
  return fl_capture_block_at(ring, block) + (uint32_t)sizeof(fl_capture_block) + slot * ring->slot_bytes;
}

static inline const fl_capture_block *fl_capture_block_of(const fl_capture *ring, uint32_t block) {
  return (const fl_capture_block *)(const void *)(ring->bytes + fl_capture_block_at(ring, block));
}
static inline const fl_capture_slot *fl_capture_slot_of(const fl_capture *ring, uint32_t block, uint32_t slot) {
  return (const fl_capture_slot *)(const void *)(ring->bytes + fl_capture_slot_at(ring, block, slot));
}

/* Once the ring was opened, and with that everything dropped that is damaged, these are all that has to be looked at. */
static inline bool fl_capture_is_in_use(const fl_capture *ring, uint32_t block) {
  const fl_capture_block *header = fl_capture_block_of(ring, block);
  return header->magic == FL_CAPTURE_BLOCK && header->item_bytes == ring->item_bytes;
}
static inline bool fl_capture_is_stored(const fl_capture_slot *slot) { return slot->mark == FL_CAPTURE_STORED; }

#endif
