#include "fl_cbor.h"

#include "fl_codes.h"

enum { UINT = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5 };

/* ---- Writing ---- */

static void put_byte(fl_cbor_writer *writer, uint32_t byte) {
  if (writer->length < writer->capacity) writer->bytes[writer->length] = (uint8_t)byte;
  writer->length++;
}

/* RFC 8949, 3: major type and argument in the shortest form. */
static void put_head(fl_cbor_writer *writer, uint32_t major, uint32_t argument) {
  uint32_t width = argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x10000 ? 2 : 4;
  uint32_t info = width == 0 ? argument : width == 4 ? 26 : 23 + width;
  put_byte(writer, major << 5 | info);
  while (width > 0) put_byte(writer, argument >> 8 * --width & 0xff);
}

static void put_string(fl_cbor_writer *writer, uint32_t major, fl_view value) {
  put_head(writer, major, value.count);
  for (uint32_t i = 0; i < value.count; i++) put_byte(writer, value.bytes[i]);
}

void fl_cbor_begin(fl_cbor_writer *writer, uint8_t *bytes, uint32_t capacity, uint32_t pairs) {
  writer->bytes = bytes;
  writer->capacity = capacity;
  writer->length = 0;
  put_head(writer, MAP, pairs);
}

void fl_cbor_put_uint(fl_cbor_writer *writer, uint32_t key, uint32_t value) {
  put_head(writer, UINT, key);
  put_head(writer, UINT, value);
}

void fl_cbor_put_int(fl_cbor_writer *writer, uint32_t key, int32_t value) {
  put_head(writer, UINT, key);
  if (value >= 0) put_head(writer, UINT, (uint32_t)value);
  else put_head(writer, NEGATIVE, (uint32_t)(-1 - value));
}

void fl_cbor_put_bytes(fl_cbor_writer *writer, uint32_t key, fl_view value) {
  put_head(writer, UINT, key);
  put_string(writer, BYTES, value);
}

void fl_cbor_put_text(fl_cbor_writer *writer, uint32_t key, fl_view value) {
  put_head(writer, UINT, key);
  put_string(writer, TEXT, value);
}

void fl_cbor_put_uints(fl_cbor_writer *writer, uint32_t key, const uint32_t *values, uint32_t count) {
  put_head(writer, UINT, key);
  put_head(writer, ARRAY, count);
  for (uint32_t i = 0; i < count; i++) put_head(writer, UINT, values[i]);
}

uint8_t *fl_cbor_put_space(fl_cbor_writer *writer, uint32_t key, uint32_t count) {
  put_head(writer, UINT, key);
  put_head(writer, BYTES, count);
  uint32_t start = writer->length;
  if (start > writer->capacity || count > writer->capacity - start) {
    writer->length = writer->capacity + 1;
    return 0;
  }
  writer->length = start + count;
  return writer->bytes + start;
}

int32_t fl_cbor_end(const fl_cbor_writer *writer) {
  return writer->length <= writer->capacity ? (int32_t)writer->length : FL_WRONG_SIZE;
}

/* ---- Reading ---- */

void fl_cbor_refuse(fl_cbor_reader *reader) { reader->failed = true; }

static uint32_t left_in(const fl_cbor_reader *reader) { return reader->length - reader->offset; }

/* Moves over count bytes; 0 if there are fewer or after a fault. */
static const uint8_t *take(fl_cbor_reader *reader, uint32_t count) {
  if (reader->failed || count > left_in(reader)) {
    reader->failed = true;
    return 0;
  }
  const uint8_t *start = reader->bytes + reader->offset;
  reader->offset += count;
  return start;
}

static uint32_t get_argument(fl_cbor_reader *reader, uint32_t width) {
  const uint8_t *bytes = take(reader, width);
  if (!bytes) return 0;
  uint32_t argument = 0;
  for (uint32_t i = 0; i < width; i++) argument = argument << 8 | bytes[i];
  if (argument < (width == 1 ? 24u : width == 2 ? 0x100u : 0x10000u)) reader->failed = true;
  return argument;
}

/* The major type and the argument of the next item. Refuses indefinite lengths, 64-bit arguments, tags and simple values. */
static uint32_t get_head(fl_cbor_reader *reader, uint32_t *argument) {
  *argument = 0;
  const uint8_t *first = take(reader, 1);
  if (!first) return UINT;
  uint32_t major = (uint32_t)*first >> 5;
  uint32_t info = *first & 31u;
  if (major > MAP || info > 26) reader->failed = true;
  else if (info < 24) *argument = info;
  else *argument = get_argument(reader, 1u << (info - 24));
  return major;
}

/* The argument of the next item, which must be of that major type and within the range. */
static uint32_t expect(fl_cbor_reader *reader, uint32_t major, uint32_t least, uint32_t most) {
  uint32_t argument;
  if (get_head(reader, &argument) != major || argument < least || argument > most) reader->failed = true;
  return reader->failed ? 0 : argument;
}

static fl_view get_string(fl_cbor_reader *reader, uint32_t major, uint32_t least, uint32_t most) {
  fl_view value;
  value.count = expect(reader, major, least, most);
  value.bytes = take(reader, value.count);
  if (!value.bytes) value.count = 0;
  return value;
}

/* A container's items must fit into what is left, one byte each at least; a pair is two. */
static void expect_items(fl_cbor_reader *reader, uint32_t count, bool are_pairs) {
  if (count > left_in(reader) >> (are_pairs ? 1 : 0)) reader->failed = true;
}

void fl_cbor_open(fl_cbor_reader *reader, const uint8_t *bytes, uint32_t length, fl_cbor_map *map) {
  reader->bytes = bytes;
  reader->length = length;
  reader->offset = 0;
  reader->failed = length > FL_MAX_PAYLOAD_BYTES;
  map->pairs_left = expect(reader, MAP, 0, FL_MAX_PAYLOAD_BYTES);
  map->least_key = 0;
  expect_items(reader, map->pairs_left, true);
}

static uint32_t get_key(fl_cbor_reader *reader, fl_cbor_map *map) {
  uint32_t key = expect(reader, UINT, map->least_key, UINT32_MAX);
  map->pairs_left--;
  if (key == UINT32_MAX && map->pairs_left > 0) reader->failed = true;
  map->least_key = key + 1;
  return key;
}

bool fl_cbor_next(fl_cbor_reader *reader, fl_cbor_map *map, uint32_t *key) {
  if (reader->failed || map->pairs_left == 0) return false;
  *key = get_key(reader, map);
  return !reader->failed;
}

uint32_t fl_cbor_get_uint(fl_cbor_reader *reader, uint32_t least, uint32_t most) {
  return expect(reader, UINT, least, most);
}

int32_t fl_cbor_get_int(fl_cbor_reader *reader, int32_t least, int32_t most) {
  uint32_t argument;
  uint32_t major = get_head(reader, &argument);
  if (major > NEGATIVE || argument > INT32_MAX) reader->failed = true;
  if (reader->failed) return 0;
  int32_t value = major == NEGATIVE ? -1 - (int32_t)argument : (int32_t)argument;
  if (value < least || value > most) reader->failed = true;
  return reader->failed ? 0 : value;
}

fl_view fl_cbor_get_bytes(fl_cbor_reader *reader, uint32_t least, uint32_t most) {
  return get_string(reader, BYTES, least, most);
}

fl_view fl_cbor_get_text(fl_cbor_reader *reader, uint32_t most) { return get_string(reader, TEXT, 0, most); }

uint32_t fl_cbor_get_array(fl_cbor_reader *reader, uint32_t least, uint32_t most) {
  uint32_t count = expect(reader, ARRAY, least, most);
  expect_items(reader, count, false);
  return reader->failed ? 0 : count;
}

/* What is left of the containers that fl_cbor_skip is inside of; below the payload's own map two fit. */
typedef struct {
  uint32_t items_left;
  bool is_map;
  fl_cbor_map map;
} skipped;

/* Passes over one item; true for a container, which `inner` then describes. */
static bool enters(fl_cbor_reader *reader, skipped *inner) {
  uint32_t argument;
  uint32_t major = get_head(reader, &argument);
  if (reader->failed) return false;
  if (major == NEGATIVE && argument > INT32_MAX) reader->failed = true;
  if (major == BYTES || major == TEXT) (void)take(reader, argument);
  if (major < ARRAY) return false;
  inner->items_left = argument;
  inner->is_map = major == MAP;
  expect_items(reader, argument, inner->is_map);
  inner->map.pairs_left = argument;
  inner->map.least_key = 0;
  return !reader->failed;
}

void fl_cbor_skip(fl_cbor_reader *reader) {
  skipped levels[FL_MAX_CBOR_DEPTH]; /* the last one is only ever refused */
  uint32_t depth = enters(reader, &levels[0]) ? 1 : 0;
  while (depth > 0 && !reader->failed) {
    skipped *level = &levels[depth - 1];
    if (level->items_left == 0) {
      depth--;
      continue;
    }
    level->items_left--;
    if (level->is_map) (void)get_key(reader, &level->map);
    if (!enters(reader, &levels[depth])) continue;
    depth++;
    if (depth == FL_MAX_CBOR_DEPTH) reader->failed = true;
  }
}

int32_t fl_cbor_close(const fl_cbor_reader *reader) {
  return !reader->failed && reader->offset == reader->length ? FL_OK : FL_MALFORMED;
}
