#include "fl_delta_coding.h"

#include "fl_bytes.h"

enum { ESCAPE_QUOTIENT = 24, MEAN_OF_0 = 32, MEAN_SHIFT = 3 };

/* ---- The raw delta ---- */

static uint32_t element_bytes(uint32_t kind) { return kind == FL_DELTA_BIAS ? 4 : 2; }

/* Fills the window from the next element on, with whole elements of the variable. */
static void move_window(fl_delta_coder *coder) {
  uint32_t count = coder->end - coder->raw;
  if (count > FL_DELTA_WINDOW_BYTES) count = FL_DELTA_WINDOW_BYTES;
  coder->source.read(coder->source.context, coder->raw, coder->window, count);
  coder->window_start = coder->raw;
  coder->window_count = count;
}

/* The zig-zag of the next element. */
static uint32_t zig_zag_here(fl_delta_coder *coder) {
  uint32_t bytes = element_bytes(coder->kind);
  if (coder->raw < coder->window_start || coder->raw + bytes > coder->window_start + coder->window_count) {
    move_window(coder);
  }
  const uint8_t *at = coder->window + (coder->raw - coder->window_start);
  uint32_t value = at[0] | (uint32_t)at[1] << 8;
  if (bytes == 4) value |= (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
  else if (value & 0x8000u) value |= 0xffff0000u;
  return value & 0x80000000u ? ~(value << 1) : value << 1;
}

/* ---- Its codes ---- */

typedef struct {
  uint32_t u; /* zig-zag */
  uint32_t quotient;
  uint32_t k;
  uint32_t long_bits; /* of the long form; 0: it is not needed */
} rice_code;

/* Bits of a value in the long form. */
static uint32_t escape_bits(uint32_t kind) {
  return kind == FL_DELTA_WEIGHTS ? 9 : kind == FL_DELTA_HEAD ? 15 : 25;
}

/* The least k with 2^k at least half the mean. */
static uint32_t parameter_of(uint32_t mean) {
  uint32_t k = 0;
  while (((uint32_t)MEAN_OF_0 << k) < mean) k++;
  return k;
}

static void to_start(fl_delta_coder *coder) {
  coder->produced = 0;
  coder->index = 0;
  coder->raw = 0;
  coder->end = 0;
  coder->mean[FL_DELTA_WEIGHTS] = 128;
  coder->mean[FL_DELTA_HEAD] = 1024;
  coder->mean[FL_DELTA_BIAS] = 1024;
  coder->bits = 0;
  coder->bit_count = 0;
  coder->tail_count = 0;
}

/* Steps over the next element, into the next variable that has one; false at the end. */
static bool next_code(fl_delta_coder *coder, rice_code *code) {
  while (coder->raw == coder->end) {
    if (coder->index == coder->source.variable_count) return false;
    const fl_delta_variable variable = coder->source.variable(coder->source.context, coder->index++);
    coder->kind = variable.kind;
    coder->end = coder->raw + variable.count * element_bytes(variable.kind);
  }
  uint32_t *mean = &coder->mean[coder->kind];
  code->u = zig_zag_here(coder);
  code->k = parameter_of(*mean);
  code->quotient = code->u >> code->k;
  code->long_bits = code->quotient < ESCAPE_QUOTIENT ? 0 : escape_bits(coder->kind);
  *mean += 2 * code->u - (*mean >> MEAN_SHIFT);
  coder->raw += element_bytes(coder->kind);
  return true;
}

/* ---- The stream ---- */

uint32_t fl_delta_start(fl_delta_coder *coder, const fl_delta_source *source) {
  uint32_t bits = 0;
  rice_code code;
  coder->source = *source;
  coder->window_start = 0;
  coder->window_count = 0;
  to_start(coder);
  while (next_code(coder, &code)) {
    bits += code.long_bits > 0 ? ESCAPE_QUOTIENT + code.long_bits : code.quotient + 1 + code.k;
  }
  to_start(coder);
  coder->total = (bits + 7) / 8;
  return coder->total;
}

/* At most 25 bits, with fewer than 8 waiting. */
static void put(fl_delta_coder *coder, uint32_t value, uint32_t width) {
  coder->bits |= value << coder->bit_count;
  coder->bit_count += width;
}

/* Makes some more bits: the unary part of a code, or what follows it. False at the end. Fewer than 8 bits are waiting. */
static bool advance(fl_delta_coder *coder) {
  rice_code code;
  if (coder->tail_count > 0) {
    put(coder, coder->tail, coder->tail_count);
    coder->tail_count = 0;
    return true;
  }
  if (!next_code(coder, &code)) return false;
  if (code.long_bits > 0) {
    put(coder, (1u << ESCAPE_QUOTIENT) - 1, ESCAPE_QUOTIENT);
    coder->tail = code.u;
    coder->tail_count = code.long_bits;
  } else {
    put(coder, (1u << code.quotient) - 1, code.quotient + 1);
    coder->tail = code.u & ((1u << code.k) - 1);
    coder->tail_count = code.k;
  }
  return true;
}

static uint8_t next_byte(fl_delta_coder *coder) {
  while (coder->bit_count < 8 && advance(coder)) {
  }
  uint8_t byte = (uint8_t)(coder->bits & 0xff);
  coder->bits >>= 8;
  coder->bit_count = coder->bit_count > 8 ? coder->bit_count - 8 : 0;
  coder->produced++;
  return byte;
}

uint32_t fl_delta_read(fl_delta_coder *coder, uint32_t offset, uint8_t *out, uint32_t count) {
  if (offset >= coder->total) return 0;
  if (count > coder->total - offset) count = coder->total - offset;
  if (offset < coder->produced) to_start(coder);
  while (coder->produced < offset) (void)next_byte(coder);
  for (uint32_t i = 0; i < count; i++) out[i] = next_byte(coder);
  return count;
}
