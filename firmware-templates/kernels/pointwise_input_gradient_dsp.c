#include "fl_kernels.h"
#if FL_DSP_GRADIENTS
#include "fl_gradient_dsp.h"

/*
 * Two input channels times four pixels at a time, two outputs in a word. The sums of the first channel lie where the planes of
 * both will (they take as many bytes as a row of sums, and a gradient begins at a multiple of four), those of the second in
 * scratch.
 *
 * Where enough channels are wanted, the planes of every two outputs are woven into words first, a word a pixel, and taken apart
 * again in the end: then no pair of mantissas is put together in the inner loop.
 */
enum { PIXELS = 4, WORTH_WEAVING = 16 };

/* Where the planes of outputs are, and the weights of two input channels. */
typedef struct {
  const int16_t *h; /* of the first pixel that is summed */
  int32_t stride;   /* elements of a plane */
  int32_t outputs;
  fl_input_weights weights;
} fl_operands;

static void add_last(const fl_operands *of, int32_t *a, int32_t *b) {
  const int16_t *h = of->h + (of->outputs - 1) * of->stride;
  const int8_t *w = of->weights.first + (of->outputs - 1) * of->weights.step;
  for (int32_t p = 0; p < PIXELS; p++) {
    a[p] += h[p] * w[0];
    b[p] += h[p] * w[1];
  }
}

/* Sums of four pixels over all whole pairs of outputs, at least one; woven planes. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Eight sums, two pointers and four more are all registers there are: steps and the end are loaded anew each time. */
static __attribute__((noinline)) void sum_woven(const fl_operands *of, int32_t *a, int32_t *b) {
  const int32_t pairs = of->outputs / 2;
  const int8_t *w = of->weights.first;
  const struct {
    int32_t step, stride;
    const int8_t *end;
  } kept = {of->weights.step, 2 * of->stride * (int32_t)sizeof *of->h, w + 2 * pairs * of->weights.step};
  const int16_t *h = of->h - 2 * of->stride;
  int32_t a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0, p, q, r, s;
  __asm__ volatile(
      "1: ldrd %[p], %[q], %[steps]\n"
      "ldrh %[r], [%[w]]\n ldrh %[s], [%[w], %[p]]\n"
      "add %[w], %[w], %[p], lsl #1\n add %[h], %[h], %[q]\n"
      "ldr %[p], %[end]\n"
      "pkhbt %[r], %[r], %[s], lsl #16\n sxtb16 %[s], %[r], ror #8\n sxtb16 %[r], %[r]\n"
      "cmp %[w], %[p]\n"
      "ldrd %[p], %[q], [%[h]]\n"
      "smlad %[a0], %[p], %[r], %[a0]\n smlad %[b0], %[p], %[s], %[b0]\n"
      "smlad %[a1], %[q], %[r], %[a1]\n smlad %[b1], %[q], %[s], %[b1]\n"
      "ldrd %[p], %[q], [%[h], #8]\n"
      "smlad %[a2], %[p], %[r], %[a2]\n smlad %[b2], %[p], %[s], %[b2]\n"
      "smlad %[a3], %[q], %[r], %[a3]\n smlad %[b3], %[q], %[s], %[b3]\n"
      "bne 1b\n"
      : [a0] "+r"(a0), [a1] "+r"(a1), [a2] "+r"(a2), [a3] "+r"(a3), [b0] "+r"(b0), [b1] "+r"(b1), [b2] "+r"(b2),
        [b3] "+r"(b3), [w] "+r"(w), [h] "+r"(h), [p] "=&r"(p), [q] "=&r"(q), [r] "=&r"(r), [s] "=&r"(s)
      : [steps] "m"(kept.step), [end] "m"(kept.end), "m"(kept)
      : "memory", "cc");
  a[0] = a0, a[1] = a1, a[2] = a2, a[3] = a3;
  b[0] = b0, b[1] = b1, b[2] = b2, b[3] = b3;
}
#else
static void sum_woven(const fl_operands *of, int32_t *a, int32_t *b) {
  const int8_t *w = of->weights.first;
  const int16_t *h = of->h;
  for (int32_t p = 0; p < PIXELS; p++) a[p] = b[p] = 0;
  for (int32_t o = 0; o + 1 < of->outputs; o += 2, w += 2 * of->weights.step, h += 2 * of->stride) {
    const int32_t both = fl_low_halves(fl_load_half(w), fl_load_half(w + of->weights.step));
    for (int32_t p = 0; p < PIXELS; p++) {
      const int32_t pair = fl_load_word(h + 2 * p);
      a[p] = fl_pair_product_add(pair, fl_even_bytes(both), a[p]);
      b[p] = fl_pair_product_add(pair, fl_odd_bytes(both), b[p]);
    }
  }
}
#endif

/* The same of planes as they are. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* With a second pointer to planes none is left for that to weights, nor for a third word: some halves are loaded twice. */
#define FL_TWO_PIXELS(at, first, second)                                                                  \
  "ldr %[p], [%[upper], #" at "]\n ldr %[q], [%[lower], #" at "]\n"                                      \
  "pkhtb %[q], %[q], %[p], asr #16\n"                                                                    \
  "smlad %[a" second "], %[q], %[r], %[a" second "]\n smlad %[b" second "], %[q], %[s], %[b" second "]\n" \
  "ldrh %[q], [%[lower], #" at "]\n"                                                                     \
  "pkhbt %[p], %[p], %[q], lsl #16\n"                                                                    \
  "smlad %[a" first "], %[p], %[r], %[a" first "]\n smlad %[b" first "], %[p], %[s], %[b" first "]\n"
static __attribute__((noinline)) void sum_planes(const fl_operands *of, int32_t *a, int32_t *b) {
  const int32_t pairs = of->outputs / 2;
  struct {
    const int8_t *w;
    int32_t step;
    const int8_t *end;
    int32_t stride; /* bytes of two planes */
  } kept = {of->weights.first, of->weights.step, of->weights.first + 2 * pairs * of->weights.step,
            2 * of->stride * (int32_t)sizeof *of->h};
  const int16_t *upper = of->h, *lower = of->h + of->stride;
  int32_t a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0, p, q, r, s;
  if (pairs > 0) {
    __asm__ volatile(
        "1: ldrd %[p], %[q], %[kept]\n"
        "ldrh %[r], [%[p]]\n ldrh %[s], [%[p], %[q]]\n"
        "add %[p], %[p], %[q], lsl #1\n str %[p], %[kept]\n"
        "ldr %[q], %[end]\n cmp %[p], %[q]\n"
        "pkhbt %[r], %[r], %[s], lsl #16\n sxtb16 %[s], %[r], ror #8\n sxtb16 %[r], %[r]\n"
        FL_TWO_PIXELS("0", "0", "1") FL_TWO_PIXELS("4", "2", "3")
        "ldr %[q], %[stride]\n add %[upper], %[upper], %[q]\n add %[lower], %[lower], %[q]\n"
        "bne 1b\n"
        : [a0] "+r"(a0), [a1] "+r"(a1), [a2] "+r"(a2), [a3] "+r"(a3), [b0] "+r"(b0), [b1] "+r"(b1), [b2] "+r"(b2),
          [b3] "+r"(b3), [upper] "+r"(upper), [lower] "+r"(lower), [p] "=&r"(p), [q] "=&r"(q), [r] "=&r"(r), [s] "=&r"(s),
          [kept] "+m"(kept.w)
        : [end] "m"(kept.end), [stride] "m"(kept.stride), "m"(kept)
        : "memory", "cc");
  }
  a[0] = a0, a[1] = a1, a[2] = a2, a[3] = a3;
  b[0] = b0, b[1] = b1, b[2] = b2, b[3] = b3;
}
#undef FL_TWO_PIXELS
#else
static void sum_planes(const fl_operands *of, int32_t *a, int32_t *b) {
  const int8_t *w = of->weights.first;
  const int16_t *upper = of->h;
  for (int32_t p = 0; p < PIXELS; p++) a[p] = b[p] = 0;
  for (int32_t o = 0; o + 1 < of->outputs; o += 2, w += 2 * of->weights.step, upper += 2 * of->stride) {
    const int32_t both = fl_low_halves(fl_load_half(w), fl_load_half(w + of->weights.step));
    for (int32_t p = 0; p < PIXELS; p++) {
      const int32_t pair = fl_low_halves(upper[p], upper[of->stride + p]);
      a[p] = fl_pair_product_add(pair, fl_even_bytes(both), a[p]);
      b[p] = fl_pair_product_add(pair, fl_odd_bytes(both), b[p]);
    }
  }
}
#endif

/* Rows at the four pixels from `pixel` on. */
static void four_pixels(const fl_gradient *h, int32_t is_woven, int32_t pixel, fl_input_weights weights, int32_t *first,
                        int32_t *second) {
  fl_operands of = {h->mantissas + (is_woven ? 2 * pixel : pixel), h->pixels, h->channels, weights};
  if (is_woven) {
    sum_woven(&of, first + pixel, second + pixel);
    of.h -= pixel; /* a last odd plane is as it was */
  } else {
    sum_planes(&of, first + pixel, second + pixel);
  }
  if ((h->channels & 1) != 0) add_last(&of, first + pixel, second + pixel);
}

static int32_t one_pixel(const fl_gradient *h, int32_t pixel, const int8_t *weight, int32_t step) {
  const int16_t *at = h->mantissas + pixel;
  int32_t sum = 0;
  for (int32_t o = 0; o < h->channels; o++, at += h->pixels, weight += step) sum += *at * *weight;
  return sum;
}

/* The last four pixels may be met twice; maps of fewer than four, never woven, one by one. */
static void two_channels(const fl_gradient *h, int32_t is_woven, fl_input_weights of, int32_t *first, int32_t *second) {
  const int32_t pixels = h->pixels;
  if (pixels < PIXELS) {
    for (int32_t p = 0; p < pixels; p++) {
      first[p] = one_pixel(h, p, of.first, of.step);
      second[p] = one_pixel(h, p, of.first + 1, of.step);
    }
    return;
  }
  int32_t p = 0;
  for (; p + PIXELS <= pixels; p += PIXELS) four_pixels(h, is_woven, p, of, first, second);
  if (p < pixels) four_pixels(h, is_woven, pixels - PIXELS, of, first, second);
}

static void copy_words(const int32_t *from, int32_t words, int32_t *to) {
  for (const int32_t *end = from + (words & ~1); from != end; from += 2) {
    int32_t first, second;
    FL_LOAD_TWO(first, second, from);
    FL_STORE_TWO_ON(first, second, to);
  }
  if ((words & 1) != 0) *to = *from;
}

/* Two planes become words; words become planes. scratch: one int32 a pixel. */
static void weave(int16_t *planes, int32_t pixels, int32_t *scratch) {
  const int16_t *upper = planes, *lower = planes + pixels;
  int32_t p = 0;
  for (; p + 1 < pixels; p += 2) {
    const int32_t first = fl_load_word(upper + p), second = fl_load_word(lower + p);
    scratch[p] = fl_low_halves(first, second);
    scratch[p + 1] = fl_high_halves(first, second);
  }
  if (p < pixels) scratch[p] = fl_low_halves(upper[p], lower[p]);
  copy_words(scratch, pixels, (int32_t *)(void *)planes);
}

static void unweave(int16_t *planes, int32_t pixels, int32_t *scratch) {
  const int32_t *words = (const int32_t *)(const void *)planes;
  int16_t *upper = (int16_t *)(void *)scratch, *lower = upper + pixels;
  int32_t p = 0;
  for (; p + 1 < pixels; p += 2) {
    fl_store_word(upper + p, fl_low_halves(words[p], words[p + 1]));
    fl_store_word(lower + p, fl_high_halves(words[p], words[p + 1]));
  }
  if (p < pixels) {
    upper[p] = (int16_t)words[p];
    lower[p] = (int16_t)(words[p] >> 16);
  }
  copy_words(scratch, pixels, (int32_t *)(void *)planes);
}

static void weave_all(const fl_gradient *h, int32_t *scratch) {
  for (int32_t o = 0; o + 1 < h->channels; o += 2) weave(h->mantissas + o * h->pixels, h->pixels, scratch);
}

static void unweave_all(const fl_gradient *h, int32_t *scratch) {
  for (int32_t o = 0; o + 1 < h->channels; o += 2) unweave(h->mantissas + o * h->pixels, h->pixels, scratch);
}

void fl_pointwise_input_gradient(fl_channels range, const fl_gradient *h, const fl_split_weights *weights,
                                 const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch) {
  const int32_t is_woven = range.end - range.first >= WORTH_WEAVING && h->channels > 1 && h->pixels >= PIXELS;
  if (is_woven) weave_all(h, scratch);
  for (int32_t i = range.first; i < range.end;) {
    const fl_gradient to = fl_gradient_from(output, i - range.first);
    const int32_t is_alone = i + 1 == range.end || i + 1 == weights->trained_inputs;
    const int32_t is_between_words = (((i - range.first) * h->pixels) & 1) != 0;
    if (is_alone || is_between_words) {
      if (is_woven) unweave_all(h, scratch);
      fl_pointwise_input_gradient_plain((fl_channels){i, i + 1}, h, weights, rules, &to, scratch);
      if (is_woven) weave_all(h, scratch);
      i += 1;
      continue;
    }
    const fl_gradient next = fl_gradient_from(&to, 1);
    int32_t *row = (int32_t *)(void *)to.mantissas;
    two_channels(h, is_woven, fl_weights_of_input(weights, i, output->channels), row, scratch);
    fl_finish_gradient_row(row, i, h->exponents[0], rules, &to);
    fl_finish_gradient_row(scratch, i + 1, h->exponents[0], rules, &next);
    i += 2;
  }
  if (is_woven) unweave_all(h, scratch);
}

#endif
