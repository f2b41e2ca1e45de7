/*
 * Sums of a depthwise layer over rows of int16 of one channel: up to five outputs side by side, which share the weights. Header
 * only. RAM: none.
 */
#ifndef FL_TAPS_DSP_H
#define FL_TAPS_DSP_H

#include "fl_dsp.h"

/* Sums of up to five outputs. */
typedef struct {
  int32_t a, b, c, d, e;
} fl_sums;

/* What one kernel row of `taps` adds to up to four outputs, of which the first meets x[0] first. */
static FL_INLINE fl_sums add_row(fl_sums s, const int16_t *x, const int32_t *weights, int32_t taps, int32_t stride,
                                 int32_t outputs) {
#pragma GCC unroll 4
  for (int32_t i = 0; i + 1 < taps; i += 2) {
    const int32_t w = weights[i / 2];
    s.a = fl_pair_product_add(fl_load_word(x + i), w, s.a);
    if (outputs > 1) s.b = fl_pair_product_add(fl_load_word(x + stride + i), w, s.b);
    if (outputs > 2) s.c = fl_pair_product_add(fl_load_word(x + 2 * stride + i), w, s.c);
    if (outputs > 3) s.d = fl_pair_product_add(fl_load_word(x + 3 * stride + i), w, s.d);
  }
  if ((taps & 1) == 0) return s;
  const int32_t last = taps - 1, w = weights[last / 2];
  s.a = fl_low_low_add(x[last], w, s.a);
  if (outputs > 1) s.b = fl_low_low_add(x[stride + last], w, s.b);
  if (outputs > 2) s.c = fl_low_low_add(x[2 * stride + last], w, s.c);
  if (outputs > 3) s.d = fl_low_low_add(x[3 * stride + last], w, s.d);
  return s;
}

/* Two elements; where rows begin at whole words and end with one, words are read as such, otherwise as they lie. */
static FL_INLINE int32_t two_at(const int16_t *x, int32_t is_even) {
  return is_even ? *(const int32_t *)(const void *)x : fl_load_word(x);
}
static FL_INLINE int32_t last_at(const int16_t *x, int32_t is_even) {
  return is_even ? *(const int32_t *)(const void *)x : *x;
}

/* Rows of three: (w0, w1), (w1, w2). */
static FL_INLINE fl_sums add_three(fl_sums s, const int16_t *x, const int32_t *weights, int32_t stride, int32_t outputs,
                                   int32_t is_even) {
  const int32_t front = weights[0], back = weights[1];
  const int32_t p0 = two_at(x, is_even), p1 = outputs == 1 ? last_at(x + 2, is_even) : two_at(x + 2, is_even);
  s.a = fl_low_high_add(p1, back, fl_pair_product_add(p0, front, s.a));
  if (outputs == 1) return s;
  if (stride == 2) {
    const int32_t p2 = outputs == 2 ? last_at(x + 4, is_even) : two_at(x + 4, is_even);
    s.b = fl_low_high_add(p2, back, fl_pair_product_add(p1, front, s.b));
    if (outputs == 2) return s;
    const int32_t p3 = outputs == 3 ? last_at(x + 6, is_even) : two_at(x + 6, is_even);
    s.c = fl_low_high_add(p3, back, fl_pair_product_add(p2, front, s.c));
    if (outputs == 3) return s;
    s.d = fl_low_high_add(last_at(x + 8, is_even), back, fl_pair_product_add(p3, front, s.d));
  } else {
    s.b = fl_pair_product_add(p1, back, fl_high_low_add(p0, front, s.b));
    if (outputs == 2) return s;
    const int32_t p2 = outputs == 3 ? last_at(x + 4, is_even) : two_at(x + 4, is_even);
    s.c = fl_low_high_add(p2, back, fl_pair_product_add(p1, front, s.c));
    if (outputs == 3) return s;
    s.d = fl_pair_product_add(p2, back, fl_high_low_add(p1, front, s.d));
    if (outputs == 4) return s;
    s.e = fl_low_high_add(last_at(x + 6, is_even), back, fl_pair_product_add(p2, front, s.e));
  }
  return s;
}

/*
 * Rows of five, four outputs, stride 1, by (w0, w1), (w2, w3), (w1, w2), (w3, w4): what even outputs meet first, and what odd ones, so
 * that all read the same words.
 */
static FL_INLINE fl_sums add_five(fl_sums s, const int16_t *x, const int32_t *weights) {
  int32_t w = weights[0], p0 = fl_load_word(x), p1 = fl_load_word(x + 2);
  s.a = fl_pair_product_add(p0, w, s.a);
  s.b = fl_high_low_add(p0, w, s.b);
  s.c = fl_pair_product_add(p1, w, s.c);
  s.d = fl_high_low_add(p1, w, s.d);
  w = weights[1], p0 = fl_load_word(x + 4);
  s.a = fl_pair_product_add(p1, w, s.a);
  s.c = fl_pair_product_add(p0, w, s.c);
  w = weights[2];
  s.b = fl_pair_product_add(p1, w, s.b);
  s.d = fl_pair_product_add(p0, w, s.d);
  w = weights[3], p1 = fl_load_word(x + 6);
  s.a = fl_low_high_add(p0, w, s.a);
  s.b = fl_pair_product_add(p0, w, s.b);
  s.c = fl_low_high_add(p1, w, s.c);
  s.d = fl_pair_product_add(p1, w, s.d);
  return s;
}

/* Rows of seven, four outputs, stride 2, by (w0, w1), (w2, w3), (w4, w5), w6: all outputs meet the same words. */
static FL_INLINE fl_sums add_seven(fl_sums s, const int16_t *x, const int32_t *weights) {
  int32_t w = weights[0], p0 = fl_load_word(x), p1 = fl_load_word(x + 2), p2 = fl_load_word(x + 4), p3 = fl_load_word(x + 6);
  s.a = fl_pair_product_add(p0, w, s.a);
  s.b = fl_pair_product_add(p1, w, s.b);
  s.c = fl_pair_product_add(p2, w, s.c);
  s.d = fl_pair_product_add(p3, w, s.d);
  w = weights[1], p0 = fl_load_word(x + 8);
  s.a = fl_pair_product_add(p1, w, s.a);
  s.b = fl_pair_product_add(p2, w, s.b);
  s.c = fl_pair_product_add(p3, w, s.c);
  s.d = fl_pair_product_add(p0, w, s.d);
  w = weights[2], p1 = fl_load_word(x + 10);
  s.a = fl_pair_product_add(p2, w, s.a);
  s.b = fl_pair_product_add(p3, w, s.b);
  s.c = fl_pair_product_add(p0, w, s.c);
  s.d = fl_pair_product_add(p1, w, s.d);
  w = weights[3], p2 = x[12];
  s.a = fl_low_low_add(p3, w, s.a);
  s.b = fl_low_low_add(p0, w, s.b);
  s.c = fl_low_low_add(p1, w, s.c);
  s.d = fl_low_low_add(p2, w, s.d);
  return s;
}

/* 3x3: the rows of a channel, from one output to the next. */
typedef struct {
  const int16_t *a, *b, *c;
} fl_three;

static FL_INLINE fl_sums three_rows(fl_sums s, const fl_three *rows, const int32_t *weights, int32_t stride,
                                    int32_t outputs, int32_t is_even) {
  s = add_three(s, rows->a, weights, stride, outputs, is_even);
  s = add_three(s, rows->b, weights + 2, stride, outputs, is_even);
  return add_three(s, rows->c, weights + 4, stride, outputs, is_even);
}

static FL_INLINE void move_on(fl_three *rows, int32_t elements) {
  rows->a += elements;
  rows->b += elements;
  rows->c += elements;
  FL_KEEP(rows->a);
  FL_KEEP(rows->b);
  FL_KEEP(rows->c);
}

#endif
