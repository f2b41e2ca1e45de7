/*
 * The CBOR subset of PROTOCOL.md rule 4, written to and read from the caller's buffers.
 *
 * RAM: writer 12 B, reader 16 B, a map in reading 8 B; fl_cbor_skip takes 80 B of stack. No recursion.
 * Flash: 1,180 B (Cortex-M0+ and M4, -Os, gcc 12).
 * Trust: the reader takes any bytes; after the first fault it answers zeros and empty strings, and fl_cbor_close tells.
 */
#ifndef FL_CBOR_H
#define FL_CBOR_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes that somebody else owns. */
typedef struct {
  const uint8_t *bytes;
  uint32_t count;
} fl_view;

/* ---- Writing: keys are the caller's to give in ascending order ---- */

typedef struct {
  uint8_t *bytes;
  uint32_t capacity;
  uint32_t length; /* beyond capacity: it did not fit, and nothing was written past it */
} fl_cbor_writer;

/* Starts a message of so many key-value pairs. */
void fl_cbor_begin(fl_cbor_writer *writer, uint8_t *bytes, uint32_t capacity, uint32_t pairs);

/* key, value */
void fl_cbor_put_uint(fl_cbor_writer *writer, uint32_t key, uint32_t value);
void fl_cbor_put_int(fl_cbor_writer *writer, uint32_t key, int32_t value);
void fl_cbor_put_bytes(fl_cbor_writer *writer, uint32_t key, fl_view value);
void fl_cbor_put_text(fl_cbor_writer *writer, uint32_t key, fl_view value);
void fl_cbor_put_uints(fl_cbor_writer *writer, uint32_t key, const uint32_t *values, uint32_t count);

/* A byte string whose bytes the caller writes afterwards: the place for them, or 0 if they do not fit. */
uint8_t *fl_cbor_put_space(fl_cbor_writer *writer, uint32_t key, uint32_t count);

/* The message's length in bytes, or FL_WRONG_SIZE if it did not fit. */
int32_t fl_cbor_end(const fl_cbor_writer *writer);

/* ---- Reading ---- */

typedef struct {
  const uint8_t *bytes;
  uint32_t length;
  uint32_t offset;
  bool failed;
} fl_cbor_reader;

typedef struct {
  uint32_t pairs_left;
  uint32_t least_key; /* of the next pair */
} fl_cbor_map;

/* Opens a payload, which must be a map. */
void fl_cbor_open(fl_cbor_reader *reader, const uint8_t *bytes, uint32_t length, fl_cbor_map *map);

/* The next key of the payload's map; false after the last one and after a fault. Its value must be read or skipped. */
bool fl_cbor_next(fl_cbor_reader *reader, fl_cbor_map *map, uint32_t *key);

/* Values, refused outside their range. Strings are views into the payload. */
uint32_t fl_cbor_get_uint(fl_cbor_reader *reader, uint32_t least, uint32_t most);
int32_t fl_cbor_get_int(fl_cbor_reader *reader, int32_t least, int32_t most);
fl_view fl_cbor_get_bytes(fl_cbor_reader *reader, uint32_t least, uint32_t most);
fl_view fl_cbor_get_text(fl_cbor_reader *reader, uint32_t most);
uint32_t fl_cbor_get_array(fl_cbor_reader *reader, uint32_t least, uint32_t most);

/* Passes over a value of any kind, checking it. */
void fl_cbor_skip(fl_cbor_reader *reader);

/* Marks the message as refused. */
void fl_cbor_refuse(fl_cbor_reader *reader);

/* FL_OK if the whole payload was read without a fault, else FL_MALFORMED. */
int32_t fl_cbor_close(const fl_cbor_reader *reader);

#endif
