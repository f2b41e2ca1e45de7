/*
 * A small record that survives a power cut at any moment: two copies in two sectors, each with a sequence number and a
 * CRC. A write goes to the copy that is not in force, so the old record stays until the new one is complete.
 * Layout: FORMATS.md, "Flash records".
 *
 * RAM: none; the payload is read where it lies.
 */
#ifndef FL_RECORD_H
#define FL_RECORD_H

#include <stdbool.h>
#include <stdint.h>

enum { FL_RECORD_HEADER_BYTES = 16 };

/* The payload in force of the record whose two sectors start at `offset`, or null if there is none of this size. */
const void *fl_record_read(uint32_t offset, uint32_t magic, uint32_t payload_bytes);

/* Replaces the record. False: the flash failed; the old record is still in force. payload_bytes: a multiple of 4. */
bool fl_record_write(uint32_t offset, uint32_t magic, const void *payload, uint32_t payload_bytes);

#endif
