#include "fl_kernels.h"
#if FL_DSP
#include "fl_gradient_dsp.h"

/*
 * Two input channels times four pixels at a time, two outputs in a word. The sums of the first channel lie where the planes of
 * both will (they take as many bytes as a row of sums, and a gradient begins at a multiple of four), those of the second in
 * scratch.
 */
enum { PIXELS = 4 };

/* What does not change in the inner loop, which has no registers left for it. */
typedef struct {
  const int8_t *volatile end; /* of the weights of whole pairs */
  volatile int32_t step;      /* weights from one output to the next */
  volatile int32_t stride;    /* pixels of a plane */
} fl_fixed;

/* Rows at four pixels: the planes of all outputs times their weights, of which `w` are the first two. */
static void four_pixels(const fl_gradient *h, int32_t pixel, const fl_fixed *fixed, const int8_t *w, int32_t *first,
                        int32_t *second) {
  const int16_t *upper = h->mantissas + pixel;
  int32_t a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
  while (w != fixed->end) {
    int32_t x = fl_load_half(w);
    w += fixed->step;
    x = fl_low_halves(x, fl_load_half(w));
    w += fixed->step;
    const int32_t y = fl_odd_bytes(x);
    x = fl_even_bytes(x);
    const int16_t *lower = upper + fixed->stride;
    int32_t near = fl_load_word(upper), far = fl_load_word(lower);
    int32_t pair = fl_low_halves(near, far);
    a0 = fl_pair_product_add(pair, x, a0);
    b0 = fl_pair_product_add(pair, y, b0);
    pair = fl_high_halves(near, far);
    a1 = fl_pair_product_add(pair, x, a1);
    b1 = fl_pair_product_add(pair, y, b1);
    near = fl_load_word(upper + 2), far = fl_load_word(lower + 2);
    pair = fl_low_halves(near, far);
    a2 = fl_pair_product_add(pair, x, a2);
    b2 = fl_pair_product_add(pair, y, b2);
    pair = fl_high_halves(near, far);
    a3 = fl_pair_product_add(pair, x, a3);
    b3 = fl_pair_product_add(pair, y, b3);
    upper = lower + fixed->stride;
  }
  if ((h->channels & 1) != 0) {
    const int32_t x = w[0], y = w[1];
    a0 += upper[0] * x, a1 += upper[1] * x, a2 += upper[2] * x, a3 += upper[3] * x;
    b0 += upper[0] * y, b1 += upper[1] * y, b2 += upper[2] * y, b3 += upper[3] * y;
  }
  first[pixel] = a0, first[pixel + 1] = a1, first[pixel + 2] = a2, first[pixel + 3] = a3;
  second[pixel] = b0, second[pixel + 1] = b1, second[pixel + 2] = b2, second[pixel + 3] = b3;
}

static int32_t one_pixel(const fl_gradient *h, int32_t pixel, const int8_t *weight, int32_t step) {
  const int16_t *at = h->mantissas + pixel;
  int32_t sum = 0;
  for (int32_t o = 0; o < h->channels; o++, at += h->pixels, weight += step) sum += *at * *weight;
  return sum;
}

/* The last four pixels may be met twice; maps of fewer than four one by one. */
static void two_channels(const fl_gradient *h, const fl_input_weights *of, int32_t *first, int32_t *second) {
  const int32_t pixels = h->pixels;
  if (pixels < PIXELS) {
    for (int32_t p = 0; p < pixels; p++) {
      first[p] = one_pixel(h, p, of->first, of->step);
      second[p] = one_pixel(h, p, of->first + 1, of->step);
    }
    return;
  }
  const fl_fixed fixed = {of->first + (h->channels & ~1) * of->step, of->step, pixels};
  int32_t p = 0;
  for (; p + PIXELS <= pixels; p += PIXELS) four_pixels(h, p, &fixed, of->first, first, second);
  if (p < pixels) four_pixels(h, pixels - PIXELS, &fixed, of->first, first, second);
}

void fl_pointwise_input_gradient(fl_channels range, const fl_gradient *h, const fl_split_weights *weights,
                                 const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch) {
  for (int32_t i = range.first; i < range.end;) {
    const fl_gradient to = fl_gradient_from(output, i - range.first);
    const fl_input_weights of = fl_weights_of_input(weights, i, output->channels);
    const int32_t is_alone = i + 1 == range.end || i + 1 == weights->trained_inputs;
    const int32_t is_between_words = (((i - range.first) * h->pixels) & 1) != 0;
    if (is_alone || is_between_words) {
      fl_pointwise_input_gradient_plain((fl_channels){i, i + 1}, h, weights, rules, &to, scratch);
      i += 1;
      continue;
    }
    const fl_gradient next = fl_gradient_from(&to, 1);
    int32_t *row = (int32_t *)(void *)to.mantissas;
    two_channels(h, &of, row, scratch);
    fl_finish_gradient_row(row, i, h->exponents[0], rules, &to);
    fl_finish_gradient_row(scratch, i + 1, h->exponents[0], rules, &next);
    i += 2;
  }
}

#endif
