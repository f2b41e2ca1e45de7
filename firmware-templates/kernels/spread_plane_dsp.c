/*
 * The gradient of a row is a convolution of rows of h with the kernel turned round. With a stride of two that holds for the
 * even and the odd columns of the map each with every second tap (a phase), and for its rows likewise.
 *
 * Rows of h lie between zeros in a buffer, so that no column of the map is a case of its own; rows outside of h are left out.
 * Weights are pairs of neighbours, turned round: (0, 1), (1, 2), (2, 3) and so on serve two pixels, whose sums begin at two
 * halves of the same word.
 */
#include <stddef.h>

#include "fl_kernels.h"
#if FL_DSP_GRADIENTS
#include "fl_fill_row.h"
#include "fl_gradient_dsp.h"
#include "fl_spread.h"

/* Rows [from, to) of the map. */
typedef struct {
  const fl_window *window;
  const int16_t *h; /* row 0 of h, with the zeros before it */
  int32_t h_step;
  const int32_t *weights; /* of row 0 of the kernel */
  int32_t weight_step;    /* from one row of the kernel to the next */
  const fl_phase *phases;
  int32_t adds;
  int32_t from, to;
  int32_t *sums; /* of row `from` */
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

/* What one row of h adds to two or four pixels through three taps; `pixels` is a constant. */
static FL_INLINE void add_one(const int16_t *h, const int32_t *w, int32_t pixels, int32_t *sums) {
  const int32_t pairs[2] = {w[0], w[1]};
  const int32_t at[3] = {fl_load_word(h), fl_load_word(h + 2), pixels == 4 ? fl_load_word(h + 4) : 0};
  add_two(at, pairs, 3, &sums[0], &sums[1]);
  if (pixels == 4) add_two(at + 1, pairs, 3, &sums[2], &sums[3]);
}

/* And what three rows add, whose weights follow each other. */
static FL_INLINE void add_three(const fl_meeting *rows, const int16_t *h, int32_t pixels, int32_t *sums) {
  const int32_t step = rows->h_step;
  add_one(h, rows->weights, pixels, sums);
  h -= step;
  FL_KEEP(h);
  add_one(h, rows->weights + 2, pixels, sums);
  h -= step;
  FL_KEEP(h);
  add_one(h, rows->weights + 4, pixels, sums);
}

/* The sum of one pixel. */
static FL_INLINE int32_t one_pixel(const fl_meeting *rows, const int16_t *h) {
  const int32_t *w = rows->weights;
  int32_t sum = 0;
#pragma GCC unroll 3
  for (int32_t k = 0; k < 3; k++, h -= rows->h_step, w += 2) {
    sum = fl_low_high_add(fl_load_word(h + 2), w[1], fl_pair_product_add(fl_load_word(h), w[0], sum));
  }
  return sum;
}

static FL_INLINE void sum_pixels(const fl_meeting *rows, int32_t pixels, int32_t adds, int32_t *to) {
  const int16_t *h = rows->h;
  for (; pixels > 3; pixels -= 4, h += 4, to += 4) {
    int32_t sums[4] = {0, 0, 0, 0};
    if (adds) sums[0] = to[0], sums[1] = to[1], sums[2] = to[2], sums[3] = to[3];
    add_three(rows, h, 4, sums);
    to[0] = sums[0], to[1] = sums[1], to[2] = sums[2], to[3] = sums[3];
  }
  for (; pixels > 0; pixels -= 2, h += 2, to += 2) {
    int32_t sums[2] = {0, 0};
    if (pixels == 1) {
      to[0] = one_pixel(rows, h) + (adds ? to[0] : 0);
      return;
    }
    add_three(rows, h, 2, sums);
    to[0] = sums[0] + (adds ? to[0] : 0);
    to[1] = sums[1] + (adds ? to[1] : 0);
  }
}

/* 3x3 with rows of zeros around those of h: every row of the map meets three. */
static FL_INLINE void same_3_of(const fl_run *run, int32_t adds) {
  const int32_t width = run->window->in_width;
  fl_meeting rows = {run->h + run->window->pad_top * run->h_step + run->phases[0].column, run->weights, run->h_step, 0, 3};
  int32_t *to = run->sums;
  const int32_t *end = to + (run->to - run->from) * width;
  for (; to != end; to += width, rows.h += rows.h_step) sum_pixels(&rows, width, adds, to);
}

static __attribute__((noinline)) void same_3_more(const fl_run *run) { same_3_of(run, 1); }

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/*
 * Two columns of the map from top to bottom: a row of h is loaded once for the three rows of the map that it meets. It ends the
 * sums of the one above, goes on with its own and begins those of the one below, where the former were. Six words of weights
 * and the sums of two rows leave no register for steps: they are loaded anew each time.
 */
#define FL_LOAD_ROW "ldr %[p], [%[h]]\n ldr %[q], [%[h], #4]\n"
#define FL_GO_ON(left, right, first, second)                                                      \
  "smlad %[" left "], %[p], %[" first "], %[" left "]\n"                                         \
  "smlatb %[" right "], %[p], %[" first "], %[" right "]\n"                                      \
  "smlabt %[" left "], %[q], %[" second "], %[" left "]\n"                                       \
  "smlad %[" right "], %[q], %[" second "], %[" right "]\n"
#define FL_BEGIN(left, right)                                                                     \
  "smuad %[" left "], %[p], %[w4]\n smultb %[" right "], %[p], %[w4]\n"                          \
  "smlabt %[" left "], %[q], %[w5], %[" left "]\n smlad %[" right "], %[q], %[w5], %[" right "]\n"
#define FL_END(left, right) FL_LOAD_ROW FL_GO_ON(left, right, "w0", "w1") "strd %[" left "], %[" right "], [%[to]]\n"
#define FL_NEXT_ROW                                                                               \
  "ldrd %[p], %[q], %[steps]\n add %[h], %[h], %[p]\n add %[to], %[to], %[q]\n"                  \
  "ldr %[p], %[end]\n cmp %[h], %[p]\n"
static FL_INLINE void two_columns(const fl_run *run, const int16_t *h, int32_t *to) {
  const fl_window *w = run->window;
  const struct {
    int32_t h, to; /* bytes of a row */
    const int16_t *end;
  } kept = {run->h_step * (int32_t)sizeof *h, w->in_width * (int32_t)sizeof *to, h + w->in_height * run->h_step};
  const int32_t *weights = run->weights;
  int32_t a0, a1, b0 = 0, b1 = 0, p, q;
  /* Two rows a turn, whose sums change places; nothing is above the first one. */
  __asm__ volatile(
      "ldr %[q], %[to_step]\n sub %[to], %[to], %[q]\n" FL_LOAD_ROW "b 2f\n"
      "1:\n" FL_END("a0", "a1") "2:\n" FL_GO_ON("b0", "b1", "w2", "w3") FL_BEGIN("a0", "a1") FL_NEXT_ROW "beq 3f\n"
      FL_END("b0", "b1") FL_GO_ON("a0", "a1", "w2", "w3") FL_BEGIN("b0", "b1") FL_NEXT_ROW "bne 1b\n"
      "strd %[a0], %[a1], [%[to]]\n b 4f\n"
      "3: strd %[b0], %[b1], [%[to]]\n"
      "4:\n"
      : [a0] "=&r"(a0), [a1] "=&r"(a1), [b0] "+r"(b0), [b1] "+r"(b1), [p] "=&r"(p), [q] "=&r"(q), [h] "+r"(h), [to] "+r"(to)
      : [w0] "r"(weights[0]), [w1] "r"(weights[1]), [w2] "r"(weights[2]), [w3] "r"(weights[3]), [w4] "r"(weights[4]),
        [w5] "r"(weights[5]), [steps] "m"(kept.h), [to_step] "m"(kept.to), [end] "m"(kept.end), "m"(kept)
      : "memory", "cc");
}
#undef FL_NEXT_ROW
#undef FL_END
#undef FL_BEGIN
#undef FL_GO_ON
#undef FL_LOAD_ROW

/* The last two columns of a row of an odd width meet those before. */
static __attribute__((noinline)) void same_3(const fl_run *run) {
  const int32_t width = run->window->in_width, last = width - 2;
  if (last < 0) {
    fl_fill_row(run->sums, run->window->in_height, 0);
    same_3_more(run);
    return;
  }
  const int16_t *const h = run->h + run->phases[0].column;
  for (int32_t column = 0; column < width; column += 2) {
    const int32_t at = smaller(column, last);
    two_columns(run, h + at, run->sums + at);
  }
}
#else
static void same_3(const fl_run *run) { same_3_of(run, 0); }
#endif

/* What one row of h adds to four pixels of a row twice as wide: those above a mantissa, those between two. */
static FL_INLINE void add_between(const int16_t *h, const int32_t *w, int32_t *sums) {
  const int32_t near = fl_load_word(h), far = fl_load_word(h + 1);
  sums[0] = fl_low_low_add(near, w[0], sums[0]);
  sums[1] = fl_pair_product_add(near, w[1], sums[1]);
  sums[2] = fl_high_low_add(near, w[0], sums[2]);
  sums[3] = fl_pair_product_add(far, w[1], sums[3]);
}

/* A row of the map that meets one row of h, or also the one below it (NULL: none). */
static FL_INLINE void sum_between(const int16_t *h, const int32_t *w, const int16_t *below, const int32_t *weights_below,
                                  int32_t pixels, int32_t adds, int32_t *to) {
  for (; pixels > 0; pixels -= 4, h += 2, to += 4) {
    int32_t sums[4] = {0, 0, 0, 0};
    add_between(h, w, sums);
    if (below != NULL) {
      add_between(below, weights_below, sums);
      below += 2;
    }
    if (pixels > 3) {
      if (adds) sums[0] += to[0], sums[1] += to[1], sums[2] += to[2], sums[3] += to[3];
      to[0] = sums[0], to[1] = sums[1], to[2] = sums[2], to[3] = sums[3];
      continue;
    }
    to[0] = sums[0] + (adds ? to[0] : 0);
    if (pixels > 1) to[1] = sums[1] + (adds ? to[1] : 0);
    if (pixels > 2) to[2] = sums[2] + (adds ? to[2] : 0);
  }
}

/* 3x3 with a stride of two, a padding of one: rows of the map lie on rows of h and between them. */
enum { ROW_WORDS = 2 }; /* of weights */

static __attribute__((noinline)) void between_3(const fl_run *run) {
  const int32_t width = run->window->in_width, adds = run->adds;
  const int32_t *const top = run->weights, *const middle = top + ROW_WORDS, *const bottom = middle + ROW_WORDS;
  const int16_t *h = run->h + run->phases[0].column;
  int32_t *to = run->sums;
  for (int32_t left = run->to - run->from; left > 0; left -= 2, to += width) {
    sum_between(h, middle, NULL, NULL, width, adds, to);
    if (left == 1) return;
    to += width;
    const int16_t *const above = h;
    h += run->h_step;
    sum_between(above, bottom, h, top, width, adds, to);
  }
}

/*
 * Row by row of h, so that the weights of a row stay in registers; every row is added to what is there. Pixels are `stride` apart,
 * `taps` is a constant.
 */
static FL_INLINE void add_taps(fl_meeting rows, int32_t taps, int32_t pixels, int32_t stride, int32_t *to) {
  for (; rows.count > 0; rows.count--, rows.h -= rows.h_step, rows.weights += rows.weight_step) {
    int32_t pairs[FL_SPREAD_TAPS - 1], at[FL_SPREAD_TAPS / 2 + 1];
#pragma GCC unroll 8
    for (int32_t k = 0; k < (taps > 1 ? taps - 1 : 1); k++) pairs[k] = rows.weights[k];
    const int16_t *h = rows.h;
    int32_t *sum = to;
    for (int32_t left = pixels; left > 0; left -= 2, h += 2) {
      int32_t first = sum[0], second = left > 1 ? sum[stride] : 0;
#pragma GCC unroll 8
      for (int32_t k = 0; k < taps / 2 + 1; k++) at[k] = fl_load_word(h + 2 * k);
      add_two(at, pairs, taps, &first, &second);
      sum[0] = first;
      if (left == 1) break;
      sum[stride] = second;
      sum += 2 * stride;
    }
  }
}

static __attribute__((noinline)) void add_1(fl_meeting rows, int32_t pixels, int32_t stride, int32_t *to) {
  add_taps(rows, 1, pixels, stride, to);
}
static __attribute__((noinline)) void add_2(fl_meeting rows, int32_t pixels, int32_t stride, int32_t *to) {
  add_taps(rows, 2, pixels, stride, to);
}
static __attribute__((noinline)) void add_3(fl_meeting rows, int32_t pixels, int32_t stride, int32_t *to) {
  add_taps(rows, 3, pixels, stride, to);
}
static __attribute__((noinline)) void add_4(fl_meeting rows, int32_t pixels, int32_t stride, int32_t *to) {
  add_taps(rows, 4, pixels, stride, to);
}
static __attribute__((noinline)) void add_5(fl_meeting rows, int32_t pixels, int32_t stride, int32_t *to) {
  add_taps(rows, 5, pixels, stride, to);
}
static __attribute__((noinline)) void add_7(fl_meeting rows, int32_t pixels, int32_t stride, int32_t *to) {
  add_taps(rows, 7, pixels, stride, to);
}

/* Those that begin_spread.c lets through. */
static void add_phase(const fl_meeting *rows, const fl_phase *phase, int32_t stride, int32_t *to) {
  switch (phase->taps) {
    case 1: add_1(*rows, phase->pixels, stride, to); break;
    case 2: add_2(*rows, phase->pixels, stride, to); break;
    case 3: add_3(*rows, phase->pixels, stride, to); break;
    case 4: add_4(*rows, phase->pixels, stride, to); break;
    case 5: add_5(*rows, phase->pixels, stride, to); break;
    default: add_7(*rows, phase->pixels, stride, to); break;
  }
}

static void add_rows(const fl_run *run) {
  const fl_window *w = run->window;
  const int32_t by = w->stride_height - 1, last = w->out_height - 1; /* a stride of 1 or 2: shifts by 0 or 1 */
  int32_t *to = run->sums;
  for (int32_t y = run->from; y < run->to; y++, to += w->in_width) {
    /* Down from the row that the first row of the kernel meets, or from the last there is. */
    const int32_t below = y + w->pad_top, first = smaller(below >> by, last), kernel_row = below - (first << by);
    const int32_t count = smaller((w->kernel_height - kernel_row + by) >> by, first + 1);
    fl_meeting rows = {run->h + first * run->h_step, run->weights + kernel_row * run->weight_step, run->h_step,
                       run->weight_step << by, count};
    const int16_t *h = rows.h;
    for (int32_t f = 0; f < w->stride_width; f++) {
      const fl_phase *phase = &run->phases[f];
      rows.h = h + phase->column;
      add_phase(&rows, phase, w->stride_width, to + f);
      rows.weights += phase->pairs;
    }
  }
}

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

/* Three taps with a stride of one: pairs are the taps. */
static void pair_three(const fl_window *w, const int8_t *taps, int32_t step, int32_t *pairs) {
  for (int32_t ky = 0; ky < w->kernel_height; ky++, taps += 3 * step, pairs += 2) {
    const int32_t middle = taps[step];
    pairs[0] = fl_low_halves(taps[2 * step], middle);
    pairs[1] = fl_low_halves(middle, taps[0]);
  }
}

static void pair_kernel(const fl_spread *spread, const int8_t *taps, int32_t tap_step, int32_t *pairs) {
  const fl_window *w = spread->window;
  const int32_t step = w->stride_width * tap_step;
  if (w->kernel_width == 3 && w->stride_width == 1) {
    pair_three(w, taps, tap_step, pairs);
    return;
  }
  for (int32_t ky = 0; ky < w->kernel_height; ky++, taps += w->kernel_width * tap_step) {
    for (int32_t f = 0; f < w->stride_width; f++) {
      const fl_phase *phase = &spread->phases[f];
      pair_weights(taps + phase->kernel_column * tap_step, step, phase, pairs);
      pairs += phase->pairs;
    }
  }
}

/* Rows are short: a word at a time. */
static FL_INLINE void copy(const int16_t *from, int32_t elements, int16_t *to) {
  for (const int16_t *end = from + (elements & ~1); from != end; from += 2, to += 2) fl_store_word(to, fl_load_word(from));
  if ((elements & 1) != 0) *to = *from;
}

/* `count` rows of h. */
static FL_INLINE void load_rows(const fl_spread *spread, const int16_t *from, int32_t count, int16_t *to) {
  const int32_t width = spread->window->out_width, step = spread->row;
  for (const int16_t *end = from + count * width; from != end; from += width, to += step) copy(from, width, to);
}

/* The buffer has room for all rows. */
static void spread_whole(fl_spread *spread, const int16_t *plane, const int32_t *pairs, int32_t adds, int32_t *row) {
  const fl_window *w = spread->window;
  int16_t *const h = spread->rows + spread->row;
  load_rows(spread, plane, w->out_height, h + spread->left);
  const fl_run run = {.window = w,
                      .h = h,
                      .h_step = spread->row,
                      .weights = pairs,
                      .phases = spread->phases,
                      .adds = adds,
                      .from = 0,
                      .to = w->in_height,
                      .sums = row};
  if (w->stride_width != 1) between_3(&run);
  else if (adds) same_3_more(&run);
  else same_3(&run);
}

/* As many rows at a time as the buffer has room for. */
static void spread_parts(fl_spread *spread, const int16_t *plane, const int32_t *pairs, int32_t adds, int32_t *row) {
  const fl_window *w = spread->window;
  if (!adds) fl_fill_row(row, w->in_height * w->in_width, 0);
  for (int32_t y = 0, first = 0; y < w->in_height;) {
    const int32_t count = smaller(spread->capacity, w->out_height - first);
    load_rows(spread, plane + first * w->out_width, count, spread->rows + spread->left);
    /* Rows of the map all of whose rows of h are in the buffer. */
    const int32_t end = first + spread->capacity >= w->out_height
                            ? w->in_height
                            : smaller((first + spread->capacity) * w->stride_height - w->pad_top, w->in_height);
    const fl_run run = {.window = w,
                        .h = spread->rows - first * spread->row,
                        .h_step = spread->row,
                        .weights = pairs,
                        .weight_step = spread->pairs,
                        .phases = spread->phases,
                        .from = y,
                        .to = end,
                        .sums = row + y * w->in_width};
    add_rows(&run);
    y = end;
    /* The last row of the kernel meets this one in the next row of the map. */
    const int32_t next = (y + w->pad_top - w->kernel_height) / w->stride_height + 1;
    first = next > 0 ? next : 0;
  }
}

void fl_spread_plane(fl_spread *spread, const int16_t *plane, const int8_t *taps, int32_t tap_step, int32_t adds,
                     int32_t *row) {
  if (!spread->fits) {
    fl_spread_plane_plain(spread, plane, taps, tap_step, adds, row);
    return;
  }
  int32_t pairs[FL_SPREAD_PAIRS];
  pair_kernel(spread, taps, tap_step, pairs);
  if (spread->is_whole) spread_whole(spread, plane, pairs, adds, row);
  else spread_parts(spread, plane, pairs, adds, row);
}

#endif
