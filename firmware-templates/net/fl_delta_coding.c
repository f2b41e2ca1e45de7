#include "fl_delta_coding.h"

#include "fl_bytes.h"

enum { MAX_K = 14, ESCAPE_QUOTIENT = 24 };

/* ---- The raw delta ---- */

static uint32_t element_bytes(uint32_t kind) { return kind == FL_DELTA_BIAS ? 4 : 2; }

/* Bits of a value in the long form. */
static uint32_t escape_bits(uint32_t kind) {
  return kind == FL_DELTA_WEIGHTS ? 9 : kind == FL_DELTA_HEAD ? 15 : 25;
}

/* Fills the window from `offset` on, with whole elements of the variable that ends at `end`. */
static void move_window(fl_delta_coder *coder, uint32_t offset, uint32_t end) {
  uint32_t count = end - offset;
  if (count > FL_DELTA_WINDOW_BYTES) count = FL_DELTA_WINDOW_BYTES;
  coder->source.read(coder->source.context, offset, coder->window, count);
  coder->window_start = offset;
  coder->window_count = count;
}

/* The zig-zag of the element at `offset`, of a variable that ends at `end`. */
static uint32_t zig_zag_at(fl_delta_coder *coder, uint32_t kind, uint32_t offset, uint32_t end) {
  uint32_t bytes = element_bytes(kind);
  if (offset < coder->window_start || offset + bytes > coder->window_start + coder->window_count) {
    move_window(coder, offset, end);
  }
  const uint8_t *at = coder->window + (offset - coder->window_start);
  uint32_t value = at[0] | (uint32_t)at[1] << 8;
  if (bytes == 4) value |= (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
  else if (value & 0x8000u) value |= 0xffff0000u;
  return value & 0x80000000u ? ~(value << 1) : value << 1;
}

/* ---- The parameter of a variable ---- */

/* Finds the k of fewest bits (of several, the smallest) for a variable whose raw delta starts at `start`. */
static uint32_t choose_k(fl_delta_coder *coder, const fl_delta_variable *variable, uint32_t start, uint32_t *fewest) {
  uint32_t bits[MAX_K + 1];
  uint32_t size = element_bytes(variable->kind);
  uint32_t end = start + variable->count * size;
  uint32_t longest = ESCAPE_QUOTIENT + escape_bits(variable->kind);
  fl_zero(bits, sizeof bits);
  for (uint32_t offset = start; offset < end; offset += size) {
    uint32_t u = zig_zag_at(coder, variable->kind, offset, end);
    for (uint32_t k = 0; k <= MAX_K; k++) {
      uint32_t quotient = u >> k;
      bits[k] += quotient < ESCAPE_QUOTIENT ? quotient + 1 + k : longest;
    }
  }
  uint32_t best = 0;
  for (uint32_t k = 1; k <= MAX_K; k++) {
    if (bits[k] < bits[best]) best = k;
  }
  *fewest = bits[best];
  return best;
}

/* ---- The stream ---- */

static void to_start(fl_delta_coder *coder) {
  coder->produced = 0;
  coder->index = 0;
  coder->is_open = false;
  coder->raw = 0;
  coder->bits = 0;
  coder->bit_count = 0;
  coder->tail_count = 0;
}

uint32_t fl_delta_start(fl_delta_coder *coder, const fl_delta_source *source) {
  uint32_t bits = 0;
  uint32_t start = 0;
  coder->source = *source;
  coder->window_start = 0;
  coder->window_count = 0;
  to_start(coder);
  for (uint32_t i = 0; i < source->variable_count; i++) {
    fl_delta_variable variable = source->variable(source->context, i);
    uint32_t fewest;
    if (variable.count == 0) continue;
    (void)choose_k(coder, &variable, start, &fewest);
    bits += 4 + fewest;
    start += variable.count * element_bytes(variable.kind);
  }
  coder->total = (bits + 7) / 8;
  return coder->total;
}

/* At most 25 bits, with fewer than 8 waiting. */
static void put(fl_delta_coder *coder, uint32_t value, uint32_t width) {
  coder->bits |= value << coder->bit_count;
  coder->bit_count += width;
}

/* Takes up the variable at `index`, if it has elements: its k comes first. */
static void open_variable(fl_delta_coder *coder) {
  uint32_t fewest;
  coder->variable = coder->source.variable(coder->source.context, coder->index);
  coder->element = 0;
  if (coder->variable.count == 0) {
    coder->index++;
    return;
  }
  coder->k = choose_k(coder, &coder->variable, coder->raw, &fewest);
  coder->is_open = true;
  put(coder, coder->k, 4);
}

/* The next element: its unary part, and its low part or long form as the tail. */
static void put_element(fl_delta_coder *coder) {
  uint32_t kind = coder->variable.kind;
  uint32_t size = element_bytes(kind);
  uint32_t end = coder->raw + (coder->variable.count - coder->element) * size;
  uint32_t u = zig_zag_at(coder, kind, coder->raw, end);
  uint32_t quotient = u >> coder->k;
  bool is_long = quotient >= ESCAPE_QUOTIENT;
  if (is_long) put(coder, (1u << ESCAPE_QUOTIENT) - 1, ESCAPE_QUOTIENT);
  else put(coder, (1u << quotient) - 1, quotient + 1);
  coder->tail = is_long ? u : u & ((1u << coder->k) - 1);
  coder->tail_count = is_long ? escape_bits(kind) : coder->k;
  coder->raw += size;
  coder->element++;
}

/* Makes some more bits; false at the end. Fewer than 8 bits are waiting. */
static bool advance(fl_delta_coder *coder) {
  if (coder->tail_count > 0) {
    put(coder, coder->tail, coder->tail_count);
    coder->tail_count = 0;
  } else if (coder->is_open && coder->element < coder->variable.count) {
    put_element(coder);
  } else if (coder->is_open) {
    coder->is_open = false;
    coder->index++;
  } else if (coder->index < coder->source.variable_count) {
    open_variable(coder);
  } else {
    return false;
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
