/*
 * Two places for a parameter image. One keeps the version in use while the other receives the next one; a header,
 * written last and erased first, says that a slot is complete. Layout: FORMATS.md, "Parameter slots".
 *
 * RAM: sizeof(fl_slots); images are read where they lie (8-byte aligned).
 */
#ifndef FL_SLOTS_H
#define FL_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_codes.h"

enum { FL_SLOT_COUNT = 2 };

typedef struct {
  uint32_t slot_bytes;
} fl_slots;

typedef struct {
  uint32_t magic;
  uint32_t sequence; /* the larger of two is the newer */
  uint32_t artifact;
  uint32_t bytes;
  uint8_t digest[FL_DIGEST_BYTES];
  uint32_t crc; /* of everything above */
} fl_slot_header;

/* The header of a complete slot, or null. Says nothing about the bytes: check their SHA-256 before use. */
const fl_slot_header *fl_slots_header(const fl_slots *slots, uint32_t slot);

/* The complete slot that was written last; FL_SLOT_COUNT if none is complete. */
uint32_t fl_slots_newest(const fl_slots *slots);

/* The slot to write the next image to: never the newest complete one. */
uint32_t fl_slots_target(const fl_slots *slots);

/* Offset of the image in flash. */
uint32_t fl_slots_offset(const fl_slots *slots, uint32_t slot);
const uint8_t *fl_slots_image(const fl_slots *slots, uint32_t slot);

/* Before a slot is written to: it is no longer complete. */
bool fl_slots_open(const fl_slots *slots, uint32_t slot);
/* After its bytes were checked: it is complete, and the newest. */
bool fl_slots_commit(const fl_slots *slots, uint32_t slot, uint32_t artifact, uint32_t bytes, const uint8_t *digest);

/* First byte after both slots: the capture ring, if the device has one, then the sample log. */
uint32_t fl_slots_end(const fl_slots *slots);

#endif
