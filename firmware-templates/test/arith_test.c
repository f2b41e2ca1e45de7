/* The arithmetic of fl_arith.h against the definitions of NUMERICS N2, written out as they stand there. */
#include "check.h"
#include "fl_arith.h"
#include "fl_step.h"

static int32_t srdhm(int32_t a, int32_t b) {
  const int64_t product = (int64_t)a * b;
  const int64_t nudge = product >= 0 ? (int64_t)1 << 30 : 1 - ((int64_t)1 << 30);
  return (int32_t)((product + nudge) / ((int64_t)1 << 31));
}

static int32_t rdpot(int32_t x, int32_t e) {
  if (e == 0) return x;
  const int32_t mask = (int32_t)(((uint32_t)1 << e) - 1);
  return (x >> e) + ((x & mask) > (mask >> 1) + (x < 0));
}

static int32_t mbqm(int32_t x, int32_t m, int32_t s) {
  const int32_t left = s > 0 ? s : 0;
  return rdpot(srdhm((int32_t)((uint32_t)x << left), m), s > 0 ? 0 : -s);
}

static int32_t rsh(int32_t x, int32_t s) {
  if (s <= 0) return x;
  return s > 31 ? 0 : (int32_t)(((int64_t)x + ((int64_t)1 << (s - 1))) >> s);
}

static int32_t blen(uint32_t v) {
  int32_t n = 0;
  for (; v != 0; v >>= 1) n++;
  return n;
}

static const int32_t edges[] = {0, 1, -1, 2, -2, 127, -128, 255, 32767, -32768, 65535, 1 << 20, -(1 << 20), (1 << 30) - 1, 1 << 30,
                                -(1 << 30), INT32_MAX - 1, INT32_MAX, -INT32_MAX, INT32_MIN};
enum { EDGES = sizeof edges / sizeof edges[0], DRAWS = 200000 };

static void compare(int32_t x, int32_t m, int32_t s) {
  CHECK(fl_requantize(x, m, s) == mbqm(x, m, s));
  CHECK(fl_round_shift(x, s < 0 ? -s : s + 28) == rsh(x, s < 0 ? -s : s + 28));
  CHECK(fl_bit_length((uint32_t)x) == blen((uint32_t)x));
}

static void check_step_sizes(int32_t gradient, int32_t factor, int32_t shift) {
  const int64_t high = ((int64_t)gradient * factor + ((int64_t)1 << 31)) >> 32;
  const fl_step_scale scale = {factor, shift};
  const int32_t size = fl_step_size(gradient, scale);
  if (shift >= 0) {
    CHECK(size == rsh((int32_t)high, shift));
  } else if (-shift <= 30) {
    const int64_t wide = high * ((int64_t)1 << -shift);
    CHECK(size == (wide > INT32_MAX ? INT32_MAX : wide < -INT32_MAX ? -INT32_MAX : wide));
  } else {
    CHECK(size == (high == 0 ? 0 : high > 0 ? INT32_MAX : -INT32_MAX));
  }
}

int main(void) {
  for (uint32_t i = 0; i < EDGES; i++) {
    for (int32_t s = -31; s <= 3; s++) {
      compare(edges[i], INT32_MAX, s);
      compare(edges[i], 1 << 30, s);
      compare(edges[i], 0, s);
      for (int32_t shift = -40; shift <= 40; shift++) check_step_sizes(edges[i], (1 << 30) + 77 * s, shift);
    }
  }
  for (uint32_t i = 0; i < DRAWS; i++) {
    const int32_t x = (int32_t)fl_hash(3 * i) >> (i % 24);
    const int32_t m = (int32_t)((fl_hash(3 * i + 1) >> 2) | (1u << 30));
    const int32_t s = (int32_t)(fl_hash(3 * i + 2) % 35) - 31;
    compare(x, m, s);
    check_step_sizes(x, m, s + 4);
  }
  return 0;
}
