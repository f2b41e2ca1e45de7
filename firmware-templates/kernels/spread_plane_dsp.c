#include <stddef.h>

#include "fl_kernels.h"
#if FL_DSP
#include "fl_gradient_dsp.h"

/*
 * Kernels of 3x3, stride and dilation 1, one column of padding, on maps up to 14 wide: then the gradient of a row is a
 * convolution of three rows of h with the kernel turned round, two pixels at a time. The three rows lie between zeros in a
 * ring on the stack, those outside of h are zeros: no edge is a case of its own. Not the rows go round but the weights.
 */
enum { KERNEL = 3, MOST_WIDTH = 14, ROW = MOST_WIDTH + 4 };

/* One row of the kernel, turned round: weights of the pixel before, at and after, in pairs. */
typedef struct {
  int32_t before_at, at_after;
} fl_turned_row;

static fl_turned_row turned(const int8_t *taps, int32_t step) {
  return (fl_turned_row){fl_low_halves(taps[2 * step], taps[step]), fl_low_halves(taps[step], taps[0])};
}

/* Sums of two pixels, the first of which stands at at[1]. */
static FL_INLINE void add_two(const int16_t *at, fl_turned_row w, int32_t *left, int32_t *right) {
  const int32_t near = fl_load_word(at), far = fl_load_word(at + 2);
  *left = fl_low_high_add(far, w.at_after, fl_pair_product_add(near, w.before_at, *left));
  *right = fl_pair_product_add(far, w.at_after, fl_high_low_add(near, w.before_at, *right));
}

/* A row of h, NULL: zeros, to a row of the ring. */
static void put_row(const int16_t *from, int32_t width, int16_t *to) {
  *to++ = 0;
  for (int32_t x = 0; x < width; x++) *to++ = from == NULL ? (int16_t)0 : from[x];
  to[0] = 0;
  to[1] = 0;
}

static void add_row(const int16_t *ring, fl_turned_row a, fl_turned_row b, fl_turned_row c, int32_t width, int32_t *to) {
  for (const int32_t *end = to + (width & ~1); to != end; to += 2, ring += 2) {
    int32_t left = to[0], right = to[1];
    add_two(ring, a, &left, &right);
    add_two(ring + ROW, b, &left, &right);
    add_two(ring + 2 * ROW, c, &left, &right);
    to[0] = left;
    to[1] = right;
  }
  if ((width & 1) == 0) return;
  int32_t outside = 0;
  add_two(ring, a, to, &outside);
  add_two(ring + ROW, b, to, &outside);
  add_two(ring + 2 * ROW, c, to, &outside);
}

static int32_t fits(const fl_window *w) {
  return w->kernel_width == KERNEL && w->kernel_height == KERNEL && w->stride_width == 1 && w->stride_height == 1 &&
         w->dilation_width == 1 && w->dilation_height == 1 && w->pad_left == 1 && w->out_width == w->in_width &&
         w->in_width <= MOST_WIDTH;
}

void fl_spread_plane(const fl_window *window, const int16_t *plane, const int8_t *taps, int32_t tap_step, int32_t *row) {
  if (!fits(window)) {
    fl_spread_plane_plain(window, plane, taps, tap_step, row);
    return;
  }
  const int32_t width = window->in_width, step = KERNEL * tap_step;
  const fl_turned_row w[KERNEL] = {turned(taps, tap_step), turned(taps + step, tap_step),
                                   turned(taps + 2 * step, tap_step)};
  int16_t ring[KERNEL * ROW];
  for (int32_t k = 0; k < KERNEL; k++) put_row(NULL, width, ring + k * ROW);
  /* Row k of the kernel meets row `next` - k of h, which lies in the ring at its number modulo 3. */
  for (int32_t next = 0, place = 0; next < window->in_height + window->pad_top; next++) {
    put_row(next < window->out_height ? plane + next * width : NULL, width, ring + place * ROW);
    if (next >= window->pad_top) {
      add_row(ring, w[place], w[place == 0 ? 2 : place - 1], w[place == 2 ? 0 : place + 1], width, row);
      row += width;
    }
    place = place == 2 ? 0 : place + 1;
  }
}

#endif
