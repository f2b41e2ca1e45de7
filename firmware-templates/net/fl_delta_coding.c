#include "fl_delta_coding.h"

#include "fl_bytes.h"

enum { TOTAL_BITS = 16, MOST_PLAIN_BITS = 16, END_STEP = 1 << 16, END_BYTES = 2 };
#define LEAST_RANGE (1u << 24)

/* ---- The stream ---- */

static void to_start(fl_delta_coder *coder, const fl_delta_source *source) {
  fl_zero(coder, sizeof *coder);
  fl_delta_model_start(&coder->model, source);
  coder->range = 0xffffffffu;
}

static void narrow(fl_delta_coder *coder, uint32_t add, uint32_t range) {
  const uint32_t low = coder->low + add;
  if (low < add) coder->carry = true;
  coder->low = low;
  coder->range = range;
}

/* The leading byte of `low` waits where a carry may still change it; else what waited is ready. */
static void shift_byte(fl_delta_coder *coder) {
  const uint8_t byte = (uint8_t)(coder->low >> 24);
  coder->low <<= 8;
  coder->range <<= 8;
  if (coder->held > 0 && byte == 255 && !coder->carry) {
    coder->held++;
    return;
  }
  coder->ready = (uint8_t)(coder->first + (coder->carry ? 1 : 0));
  coder->then = coder->carry ? 0 : 255;
  coder->ready_count = coder->held;
  coder->first = byte;
  coder->held = 1;
  coder->carry = false;
}

static void code_plain(fl_delta_coder *coder) {
  const uint32_t bits = coder->plain_count < MOST_PLAIN_BITS ? coder->plain_count : MOST_PLAIN_BITS;
  const uint32_t unit = coder->range >> bits;
  coder->plain_count -= bits;
  narrow(coder, unit * ((coder->plain >> coder->plain_count) & ((1u << bits) - 1)), unit);
}

/* An element's symbol; what is left of it follows as plain bits. */
static void code_symbol(fl_delta_coder *coder, const fl_delta_element *element) {
  const fl_delta_buckets buckets = fl_delta_buckets_at(element->scale);
  const int32_t distance = element->value - element->centre;
  const int32_t bucket = (distance >> buckets.shift) + FL_DELTA_MIDDLE;
  const bool is_outside = bucket < 0 || bucket >= FL_DELTA_ESCAPE;
  const uint32_t symbol = is_outside ? FL_DELTA_ESCAPE : (uint32_t)bucket;
  const uint32_t below = fl_delta_cumulative(&buckets, symbol);
  const uint32_t unit = coder->range >> TOTAL_BITS;
  narrow(coder, unit * below, unit * (fl_delta_cumulative(&buckets, symbol + 1) - below));
  coder->plain = is_outside ? (uint32_t)(element->value + element->limit) : (uint32_t)distance;
  coder->plain_count = is_outside ? element->limit_bits : buckets.shift;
}

/* The lowest number of the range whose last two bytes are 0; they are left out. One byte more makes what waits ready. */
static void begin_end(fl_delta_coder *coder) {
  narrow(coder, END_STEP - 1, coder->range);
  coder->low &= ~(uint32_t)(END_STEP - 1);
  coder->ending = END_BYTES + 2;
}

/* One step towards the next bytes; false: there is none. */
static bool advance(fl_delta_coder *coder) {
  if (coder->ending == 0 && coder->range >= LEAST_RANGE) {
    fl_delta_element element;
    if (coder->plain_count > 0) code_plain(coder);
    else if (fl_delta_model_next(&coder->model, &element)) code_symbol(coder, &element);
    else begin_end(coder);
    return true;
  }
  if (coder->ending == 1) return false;
  if (coder->ending > 1) coder->ending--;
  shift_byte(coder);
  return true;
}

static uint8_t take_ready(fl_delta_coder *coder) {
  const uint8_t byte = coder->ready;
  coder->ready = coder->then;
  coder->ready_count--;
  coder->produced++;
  return byte;
}

/* Drops what comes before byte `offset`, in so many steps at most. True: it is there, or at the end. */
static bool drop(fl_delta_coder *coder, uint32_t offset, uint32_t steps) {
  while (coder->produced < offset) {
    if (coder->ready_count > 0) (void)take_ready(coder);
    else if (steps-- == 0) return false;
    else if (!advance(coder)) return true;
  }
  return true;
}

/* Of a byte before the end. */
static uint8_t next_byte(fl_delta_coder *coder) {
  while (coder->ready_count == 0) (void)advance(coder);
  return take_ready(coder);
}

static void restart(fl_delta_coder *coder, uint32_t total) {
  const fl_delta_source source = coder->model.source;
  to_start(coder, &source);
  coder->total = total;
}

void fl_delta_start(fl_delta_coder *coder, const fl_delta_source *source) { to_start(coder, source); }

bool fl_delta_measure(fl_delta_coder *coder, uint32_t steps) {
  if (!drop(coder, UINT32_MAX, steps)) return false;
  restart(coder, coder->produced);
  return true;
}

bool fl_delta_seek(fl_delta_coder *coder, uint32_t offset, uint32_t steps) {
  if (offset < coder->produced) restart(coder, coder->total);
  return drop(coder, offset, steps);
}

uint32_t fl_delta_read(fl_delta_coder *coder, uint32_t offset, uint8_t *out, uint32_t count) {
  if (offset >= coder->total) return 0;
  if (count > coder->total - offset) count = coder->total - offset;
  (void)fl_delta_seek(coder, offset, UINT32_MAX);
  for (uint32_t i = 0; i < count; i++) out[i] = next_byte(coder);
  return count;
}
