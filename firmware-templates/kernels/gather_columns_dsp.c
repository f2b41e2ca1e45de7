/* As columns_s8_dsp.c has them. */
#include "fl_small.h"
#include "fl_kernels.h"
#if FL_DSP
#include <stddef.h>

#include "fl_columns.h"
#include "fl_dsp.h"
#include "fl_rows.h"

/* Where the inputs of one output pixel are. */
typedef struct {
  const fl_window *w;
  const fl_band *band;
  int32_t top, left;
  int32_t depth, zero;
  int16_t *columns; /* `count` of them, of which this is number `pixel` */
  int32_t count, pixel;
} fl_patch;

/* Row ky of the kernel; NULL above and below the map. */
static FL_INLINE const int8_t *row_under(const fl_patch *p, int32_t ky) {
  const int32_t y = p->top + ky * p->w->dilation_height;
  if ((uint32_t)y >= (uint32_t)p->w->in_height) return NULL;
  return fl_input_row(p->band, y, p->w->in_width * p->w->in_channels);
}

/* Tap kx of that row; NULL beside the map. */
static FL_INLINE const int8_t *tap_at(const fl_patch *p, const int8_t *row, int32_t kx) {
  const int32_t x = p->left + kx * p->w->dilation_width;
  return row != NULL && (uint32_t)x < (uint32_t)p->w->in_width ? row + x * p->w->in_channels : NULL;
}

static FL_INLINE void widen_four(int32_t four, int32_t lower, int32_t count, int32_t *column) {
  column[0] = fl_even_bytes_add(four, lower);
  column[count] = fl_odd_bytes_add(four, lower);
}

/* Input `index` of pixel `pixel`, x - zero. */
static void put_input(const fl_patch *p, int32_t value, int32_t index) {
  int16_t *const four = p->columns + (index & ~3) * p->count;
  const int32_t i = index & 3, is_loose = index >= (p->depth & ~3) && fl_has_loose_end(p->count, p->depth);
  four[is_loose ? i * p->count + p->pixel : 2 * ((i & 1) * p->count + p->pixel) + (i >> 1)] = (int16_t)value;
}

/* A column that fits the stack is copied there first: pixels of pictures are no whole words. */
enum { SMALL = 64, SMALL_ROWS = 8 };

/* By words: up to 3 bytes more are read and written. */
static FL_INLINE int8_t *copy_row(const int8_t *from, int32_t count, int8_t *to) {
  for (int32_t i = 0; i < count; i += 4) fl_store_word(to + i, fl_load_word(from + i));
  return to + count;
}

static FL_INLINE int8_t *copy_edge(const fl_patch *p, const int8_t *row, int8_t *to) {
  for (int32_t kx = 0; kx < p->w->kernel_width; kx++) {
    const int8_t *tap = tap_at(p, row, kx);
    for (int32_t i = 0; i < p->w->in_channels; i++) *to++ = tap != NULL ? tap[i] : (int8_t)p->zero;
  }
  return to;
}

/* rows: of the map, under those of the kernel. */
static __attribute__((noinline)) void gather_small(const fl_patch *p, const int8_t *const *rows) {
  const int32_t inputs = p->w->in_channels, taps = p->w->kernel_width, count = p->count;
  const int32_t beyond = (p->w->in_width - p->left - taps) * inputs; /* bytes of a row behind the kernel */
  const int32_t is_within = p->w->dilation_width == 1 && p->left >= 0 && beyond >= 3;
  const int32_t offset = p->left * inputs, run = taps * inputs, lower = fl_low_halves(-p->zero, -p->zero);
  int8_t bytes[SMALL + 4], *to = bytes;
  for (const int8_t *const *end = rows + p->w->kernel_height; rows != end; rows++) {
    to = is_within && *rows != NULL ? copy_row(*rows + offset, run, to) : copy_edge(p, *rows, to);
  }
  int32_t index = fl_has_loose_end(count, p->depth) ? p->depth & ~3 : (p->depth + 3) & ~3;
  while (to < bytes + index) *to++ = (int8_t)p->zero; /* what lies behind the taps meets weights of 0 */
  const int8_t *from = bytes;
  int32_t *column = (int32_t *)(void *)p->columns + p->pixel;
  for (const int8_t *end = bytes + index; from != end; from += 4, column += 2 * count) {
    widen_four(fl_load_word(from), lower, count, column);
  }
  for (; index < p->depth; index++) put_input(p, *from++ - p->zero, index);
}

static __attribute__((noinline)) void gather_large(const fl_patch *p) {
  const int32_t inputs = p->w->in_channels, lower = fl_low_halves(-p->zero, -p->zero);
  int32_t index = 0;
  for (int32_t ky = 0; ky < p->w->kernel_height; ky++) {
    const int8_t *row = row_under(p, ky);
    for (int32_t kx = 0; kx < p->w->kernel_width; kx++) {
      const int8_t *tap = tap_at(p, row, kx);
      if (tap != NULL && (inputs & 3) == 0) {
        int32_t *at = (int32_t *)(void *)p->columns + index / 2 * p->count + p->pixel;
        for (int32_t i = 0; i < inputs; i += 4, at += 2 * p->count) widen_four(fl_load_word(tap + i), lower, p->count, at);
        index += inputs;
      } else {
        for (int32_t i = 0; i < inputs; i++) put_input(p, tap != NULL ? tap[i] - p->zero : 0, index++);
      }
    }
  }
  for (; (index & 3) != 0 && !fl_has_loose_end(p->count, p->depth); index++) put_input(p, 0, index);
}

void fl_gather_columns(const fl_window *window, const fl_band *band, int32_t zero, int32_t oy, int32_t ox, int32_t count,
                       int16_t *columns) {
  const fl_window *w = window;
  const int32_t depth = w->kernel_height * w->kernel_width * w->in_channels;
  const int32_t is_small = depth <= SMALL && w->kernel_height <= SMALL_ROWS;
  fl_patch patch = {w, band, oy * w->stride_height - w->pad_top, ox * w->stride_width - w->pad_left, depth, zero, columns,
                    count, 0};
  const int8_t *rows[SMALL_ROWS];
  for (int32_t ky = 0; is_small && ky < w->kernel_height; ky++) rows[ky] = row_under(&patch, ky);
  for (; patch.pixel < count; patch.pixel++, patch.left += w->stride_width) {
    if (is_small) {
      gather_small(&patch, rows);
    } else {
      gather_large(&patch);
    }
  }
}

#endif
