/*
 * The gradient of a row is a convolution of rows of h with the kernel turned round. With a stride of two that holds for the
 * even and the odd columns of the map each with every second tap (a phase), and for its rows likewise.
 *
 * Rows of h lie between zeros in a buffer, so that no column of the map is a case of its own; rows outside of h are left out.
 * Weights are pairs of neighbours, turned round: (0, 1), (1, 2), (2, 3) and so on serve two pixels, whose sums begin at two
 * halves of the same word.
 */
#include "fl_kernels.h"
#if FL_DSP
#include "fl_gradient_dsp.h"
#include "fl_spread.h"

enum { MOST_TAPS = 7, MOST_PAIRS = 36 };

/* Rows [from, to) of the map in one phase. */
typedef struct {
  const fl_window *window;
  const int16_t *h; /* what the last tap meets in row 0 of h */
  int32_t h_step;
  const int32_t *weights; /* of row 0 of the kernel */
  int32_t weight_step;    /* from one row of the kernel to the next */
  int32_t pixels, adds;
  int32_t from, to;
  int32_t *sums; /* of the first pixel of row `from` */
} fl_run;

static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

/* Sums of two pixels, the first of which begins at the lower half of at[0]; `taps` is a constant. */
static FL_INLINE void add_two(const int32_t *at, const int32_t *w, int32_t taps, int32_t *left, int32_t *right) {
  *right = fl_high_low_add(at[0], w[0], *right);
  if (taps == 1) {
    *left = fl_low_low_add(at[0], w[0], *left);
    return;
  }
#pragma GCC unroll 4
  for (int32_t k = 0; k + 1 < taps; k += 2) *left = fl_pair_product_add(at[k / 2], w[k], *left);
#pragma GCC unroll 4
  for (int32_t k = 1; k + 1 < taps; k += 2) *right = fl_pair_product_add(at[k / 2 + 1], w[k], *right);
  int32_t *const last = (taps & 1) != 0 ? left : right;
  *last = fl_low_high_add(at[taps / 2], w[taps - 2], *last);
}

/* Rows of h and of the kernel that meet a row of the map: the former descend. */
typedef struct {
  const int16_t *h;
  const int32_t *weights;
  int32_t h_step, weight_step, count;
} fl_meeting;

/* What one row of h adds to two or four pixels; `taps` and `pixels` are constants. */
static FL_INLINE void add_one(const int16_t *h, const int32_t *w, int32_t taps, int32_t pixels, int32_t *sums) {
  int32_t at[MOST_TAPS / 2 + 2], pairs[MOST_TAPS - 1];
#pragma GCC unroll 8
  for (int32_t k = 0; k < (taps > 1 ? taps - 1 : 1); k++) pairs[k] = w[k];
#pragma GCC unroll 8
  for (int32_t k = 0; k < taps / 2 + pixels / 2; k++) at[k] = fl_load_word(h + 2 * k);
  add_two(at, pairs, taps, &sums[0], &sums[1]);
  if (pixels == 4) add_two(at + 1, pairs, taps, &sums[2], &sums[3]);
}

/* Exactly three rows, whose weights follow each other, */
static FL_INLINE void add_three(const fl_meeting *rows, const int16_t *h, int32_t taps, int32_t pixels, int32_t *sums) {
  const int32_t step = rows->h_step;
  add_one(h, rows->weights, taps, pixels, sums);
  h -= step;
  FL_KEEP(h);
  add_one(h, rows->weights + taps - 1, taps, pixels, sums);
  h -= step;
  FL_KEEP(h);
  add_one(h, rows->weights + 2 * (taps - 1), taps, pixels, sums);
}

/* or `count` of them. */
static FL_INLINE void add_all(const fl_meeting *rows, const int16_t *h, int32_t taps, int32_t pixels, int32_t *sums) {
  const int32_t h_step = rows->h_step, weight_step = rows->weight_step;
  const int32_t *w = rows->weights;
  for (int32_t left = rows->count; left > 0; left--, h -= h_step, w += weight_step) add_one(h, w, taps, pixels, sums);
}

/* Pixels of a row from `to` on, `stride` apart; what is known when this is compiled: `taps`, `stride`, `is_three`. */
static FL_INLINE void sum_pixels(const fl_meeting *rows, int32_t taps, int32_t stride, int32_t is_three, int32_t pixels,
                                 int32_t adds, int32_t *to) {
  const int16_t *h = rows->h;
  for (; pixels > 3; pixels -= 4, h += 4, to += 4 * stride) {
    int32_t sums[4] = {0, 0, 0, 0};
    if (adds) sums[0] = to[0], sums[1] = to[stride], sums[2] = to[2 * stride], sums[3] = to[3 * stride];
    if (is_three) add_three(rows, h, taps, 4, sums);
    else add_all(rows, h, taps, 4, sums);
    to[0] = sums[0], to[stride] = sums[1], to[2 * stride] = sums[2], to[3 * stride] = sums[3];
  }
  for (; pixels > 0; pixels -= 2, h += 2, to += 2 * stride) {
    int32_t sums[2] = {0, 0};
    if (is_three) add_three(rows, h, taps, 2, sums);
    else add_all(rows, h, taps, 2, sums);
    to[0] = sums[0] + (adds ? to[0] : 0);
    if (pixels > 1) to[stride] = sums[1] + (adds ? to[stride] : 0);
  }
}

static FL_INLINE void sum_rows(const fl_run *run, int32_t taps, int32_t stride) {
  const fl_window *w = run->window;
  const int32_t by = w->stride_height - 1, last = w->out_height - 1; /* a stride of 1 or 2: shifts by 0 or 1 */
  int32_t *to = run->sums;
  for (int32_t y = run->from; y < run->to; y++, to += w->in_width) {
    /* Down from the row that the first row of the kernel meets, or from the last there is. */
    const int32_t below = y + w->pad_top, first = smaller(below >> by, last), kernel_row = below - (first << by);
    const int32_t count = smaller((w->kernel_height - kernel_row + by) >> by, first + 1);
    const fl_meeting rows = {run->h + first * run->h_step, run->weights + kernel_row * run->weight_step, run->h_step,
                             run->weight_step << by, count};
    sum_pixels(&rows, taps, stride, 0, run->pixels, run->adds, to);
  }
}

/* 3x3 with rows of zeros around those of h: every row of the map meets three. */
static __attribute__((noinline)) void same_3(const fl_run *run) {
  fl_meeting rows = {run->h + run->window->pad_top * run->h_step, run->weights, run->h_step, 0, 3};
  int32_t *to = run->sums;
  const int32_t *end = to + (run->to - run->from) * run->window->in_width;
  for (; to != end; to += run->window->in_width, rows.h += rows.h_step) {
    sum_pixels(&rows, 3, 1, 1, run->pixels, run->adds, to);
  }
}

#define FL_RUN(name, taps, stride) \
  static __attribute__((noinline)) void name(const fl_run *run) { sum_rows(run, taps, stride); }
FL_RUN(dense_1, 1, 1)
FL_RUN(dense_3, 3, 1)
FL_RUN(dense_5, 5, 1)
FL_RUN(dense_7, 7, 1)
FL_RUN(sparse_1, 1, 2)
FL_RUN(sparse_2, 2, 2)
FL_RUN(sparse_3, 3, 2)
FL_RUN(sparse_4, 4, 2)

/* Taps of a phase in one row of the kernel, turned round, `step` apart. */
static void pair_weights(const int8_t *taps, int32_t step, const fl_phase *phase, int32_t *pairs) {
  const int8_t *at = taps + (phase->taps - 1) * step;
  int32_t before = *at;
  if (phase->taps == 1) pairs[0] = before;
  for (int32_t k = 0; k + 1 < phase->taps; k++) {
    at -= step;
    pairs[k] = fl_low_halves(before, *at);
    before = *at;
  }
}

static void pair_kernel(const fl_spread *spread, const int8_t *taps, int32_t tap_step, int32_t *pairs) {
  const fl_window *w = spread->window;
  const int32_t step = w->stride_width * tap_step;
  for (int32_t ky = 0; ky < w->kernel_height; ky++, taps += w->kernel_width * tap_step) {
    for (int32_t f = 0; f < w->stride_width; f++) {
      const fl_phase *phase = &spread->phases[f];
      pair_weights(taps + phase->kernel_column * tap_step, step, phase, pairs);
      pairs += phase->pairs;
    }
  }
}

static void copy(const int16_t *from, int32_t elements, int16_t *to) {
  for (const int16_t *end = to + (elements & ~1); to != end; to += 2, from += 2) fl_store_word(to, fl_load_word(from));
  if ((elements & 1) != 0) *to = *from;
}

/* Row `from` of h and `count` - 1 more, to the beginning of the buffer. */
static void load_rows(fl_spread *spread, const int16_t *plane, int32_t from, int32_t count) {
  const int32_t width = spread->window->out_width;
  int16_t *to = spread->rows + spread->left + (spread->is_same ? spread->row : 0);
  plane += from * width;
  for (int32_t k = 0; k < count; k++, plane += width, to += spread->row) copy(plane, width, to);
}

static void run_phase(const fl_run *run, int32_t taps, int32_t stride, int32_t is_same) {
  if (is_same) {
    same_3(run);
    return;
  }
  switch (taps + (stride == 1 ? 8 : 0)) {
    case 1: sparse_1(run); break;
    case 2: sparse_2(run); break;
    case 3: sparse_3(run); break;
    case 4: sparse_4(run); break;
    case 9: dense_1(run); break;
    case 11: dense_3(run); break;
    case 13: dense_5(run); break;
    default: dense_7(run); break;
  }
}

void fl_spread_plane(fl_spread *spread, const int16_t *plane, const int8_t *taps, int32_t tap_step, int32_t adds,
                     int32_t *row) {
  if (!spread->fits) {
    fl_spread_plane_plain(spread, plane, taps, tap_step, adds, row);
    return;
  }
  const fl_window *w = spread->window;
  int32_t pairs[MOST_PAIRS];
  pair_kernel(spread, taps, tap_step, pairs);
  for (int32_t y = 0, first = 0; y < w->in_height;) {
    load_rows(spread, plane, first, smaller(spread->capacity, w->out_height - first));
    /* Rows of the map all of whose rows of h are in the buffer. */
    const int32_t end = first + spread->capacity >= w->out_height
                            ? w->in_height
                            : smaller((first + spread->capacity) * w->stride_height - w->pad_top, w->in_height);
    for (int32_t f = 0; f < w->stride_width; f++) {
      const fl_phase *phase = &spread->phases[f];
      const fl_run run = {.window = w,
                          .h = spread->rows + phase->column + (spread->is_same - first) * spread->row,
                          .h_step = spread->row,
                          .weights = pairs + phase->offset,
                          .weight_step = spread->pairs,
                          .pixels = phase->pixels,
                          .adds = adds,
                          .from = y,
                          .to = end,
                          .sums = row + y * w->in_width + phase->first};
      run_phase(&run, phase->taps, w->stride_width, spread->is_same);
    }
    y = end;
    /* The last row of the kernel meets this one in the next row of the map. */
    const int32_t next = (y + w->pad_top - w->kernel_height) / w->stride_height + 1;
    first = next > 0 ? next : 0;
  }
}

#endif
