/*
 * Items that the device captures itself, in a ring of flash: a new one takes the place of the oldest. Sectors are erased in turn, so
 * that all wear alike; what was stored is there, whole, at whatever byte of whatever operation the power goes, but for what an
 * erased block held, the oldest. Layout: FORMATS.md, "Capture ring".
 *
 * An item is stored behind all others of its block and then marked; a block is erased, then headed. So a scan tells what is there:
 * nothing but that is kept, and nothing is ever moved.
 *
 * RAM: sizeof(fl_capture), 28 B; items are read where they lie. Flash: 1.0 KB.
 * Time: fl_capture_open reads the whole ring once; finding an item looks at the marks of all before it.
 */
#ifndef FL_CAPTURE_H
#define FL_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

/* What an item is for. */
typedef enum { FL_CAPTURE_LEARN = 0, FL_CAPTURE_TEST = 1 } fl_capture_use;

typedef struct {
  const int8_t *features; /* in the quantisation of the model's input */
  uint32_t label; /* below 256 */
  fl_capture_use use;
} fl_captured_item;

typedef struct {
  const uint8_t *bytes; /* in the flash */
  uint32_t item_bytes;
  uint32_t slot_bytes;  /* of one item with its mark; multiple of 4 */
  uint32_t block_bytes; /* whole sectors */
  uint32_t blocks;      /* 0: not open */
  uint32_t slots;       /* of a block */
  uint32_t newest;      /* the block that is being filled; `blocks`: none */
} fl_capture;

/*
 * Opens the ring of `bytes` at `offset`, both whole sectors, for features of `item_bytes`; items of another size are no longer there.
 * False: there is no room for two blocks, or the flash failed.
 */
bool fl_capture_open(fl_capture *ring, uint32_t offset, uint32_t bytes, uint32_t item_bytes);

/* Stores an item, the newest. False: the flash failed; what was there still is, but for the oldest block. */
bool fl_capture_append(fl_capture *ring, const fl_captured_item *item);

/* Whether storing the next item drops the oldest block. */
bool fl_capture_drops(const fl_capture *ring);

/* Items for this use with a label below `labels`. */
uint32_t fl_capture_count(const fl_capture *ring, fl_capture_use use, uint32_t labels);
/* The one that has `index` older ones among them: u8 label, u8 use, u8[2], s8 features; 4-byte aligned. Null: there is none. */
const uint8_t *fl_capture_find(const fl_capture *ring, fl_capture_use use, uint32_t labels, uint32_t index);

#endif
