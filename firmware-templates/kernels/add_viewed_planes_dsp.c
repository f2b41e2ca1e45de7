#include "fl_kernels.h"
#if FL_DSP_GRADIENTS
#include "fl_back_scale.h"
#include "fl_two_rows_dsp.h"
#include "fl_view_sums.h"

enum { GROUP = 4 };

void fl_add_viewed_planes_plain(const fl_view_sums *sums, const fl_gradient_view *view, int32_t output, int32_t exponent,
                                int16_t *scratch);

/* Planes of four channels, one behind the other, and what scales each. */
typedef struct {
  const int16_t *planes;
  int32_t pixels;
  int32_t factors[GROUP]; /* fl_wide_factor */
} fl_quad;

static FL_INLINE int32_t scaled_low(const fl_quad *of, int32_t k, int32_t low, int32_t high) {
  return fl_pair_of_wide(fl_wide_low_add(of->factors[k], low, FL_WIDE_HALF),
                         fl_wide_low_add(of->factors[k + 1], high, FL_WIDE_HALF));
}

/* Scaled as words (fl_two_rows_dsp.h), two pixels at a time up to `end`, which `planes` is not. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Four factors and four words leave registers for one pointer to planes only: the others are so many bytes behind. */
#define FL_SCALE_PAIR(low, high)                                                                                   \
  "smlawb %[c], %[" low "], %[a], %[half]\n smlawt %[a], %[" low "], %[a], %[half]\n"                             \
  "smlawb %[d], %[" high "], %[b], %[half]\n smlawt %[b], %[" high "], %[b], %[half]\n"                           \
  "asr %[c], %[c], #15\n asr %[a], %[a], #15\n"                                                                    \
  "pkhbt %[c], %[c], %[d], lsl #1\n pkhbt %[a], %[a], %[b], lsl #1\n"
#define FL_SCALE_TWO                                                                                               \
  "ldr %[a], [%[planes], %[plane], lsl #1]\n ldr %[b], [%[planes], %[last]]\n" FL_SCALE_PAIR("third", "fourth")    \
  "strd %[c], %[a], [%[words], #8]\n"                                                                              \
  "ldr %[b], [%[planes], %[plane]]\n ldr %[a], [%[planes]], #4\n" FL_SCALE_PAIR("first", "second")                 \
  "strd %[c], %[a], [%[words]], #16\n"
static __attribute__((noinline)) void scale_twos(const fl_quad *of, const int16_t *end, int32_t *words) {
  const int16_t *planes = of->planes;
  const int32_t plane = of->pixels * (int32_t)sizeof *planes;
  int32_t a, b, c, d;
  /* Two twos a turn, entered in the middle where their number is odd: the bit of 4 bytes of a plane. */
  __asm__ volatile(
      "sub %[a], %[end], %[planes]\n lsls %[a], %[a], #29\n bmi 2f\n"
      "1:\n" FL_SCALE_TWO "2:\n" FL_SCALE_TWO "cmp %[planes], %[end]\n bne 1b\n"
      : [planes] "+r"(planes), [words] "+r"(words), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d)
      : [plane] "r"(plane), [last] "r"(3 * plane), [half] "r"(FL_WIDE_HALF), [end] "r"(end), [first] "r"(of->factors[0]),
        [second] "r"(of->factors[1]), [third] "r"(of->factors[2]), [fourth] "r"(of->factors[3])
      : "memory", "cc");
}
#undef FL_SCALE_TWO
#undef FL_SCALE_PAIR
#else
static void scale_twos(const fl_quad *of, const int16_t *end, int32_t *words) {
  const int32_t plane = of->pixels;
  for (const int16_t *at = of->planes; at != end; at += 2, words += 4) {
    for (int32_t p = 0; p < 2; p++) {
      words[p] = scaled_low(of, 0, at[p], at[plane + p]);
      words[2 + p] = scaled_low(of, 2, at[2 * plane + p], at[3 * plane + p]);
    }
  }
}
#endif

static void scale_four(const fl_quad *of, int32_t *words) {
  const int32_t pixels = of->pixels, last = pixels - 1;
  const int16_t *end = of->planes + (pixels & ~1);
  if (end != of->planes) scale_twos(of, end, words);
  if ((pixels & 1) == 0) return;
  words[2 * last] = scaled_low(of, 0, end[0], end[pixels]);
  words[2 * last + 1] = scaled_low(of, 2, end[2 * pixels], end[3 * pixels]);
}

/* Of the channels from `channel` on. */
static void scale_group(const fl_gradient_view *view, int32_t channel, int32_t exponent, int32_t *words) {
  const fl_gradient g = fl_gradient_from(view->gradient, channel);
  fl_quad of = {.planes = g.mantissas, .pixels = view->pixels};
  for (int32_t k = 0; k < GROUP; k++) {
    of.factors[k] = fl_wide_back_factor(view->training, channel + k, g.exponents[k], exponent);
  }
  scale_four(&of, words);
}

static fl_group_weights weights_of(const fl_view_sums *sums, int32_t k, int32_t output) {
  const int32_t step = sums->weights[k].step;
  const int8_t *at = sums->weights[k].first + output * step;
  return (fl_group_weights){fl_low_halves(at[0], at[step]), fl_low_halves(at[2 * step], at[3 * step])};
}

/* Rows `k` and the next. Not inlined: it needs all registers. */
static __attribute__((noinline)) void add_two(const fl_view_sums *sums, int32_t k, int32_t output, int32_t pixels,
                                              const int32_t *words) {
  const fl_input_weights of = sums->weights[k];
  fl_group_weights a, b;
  if (sums->weights[k + 1].first == of.first + 1) {
    fl_weights_of_two(of.first + output * of.step, of.step, &a, &b);
  } else {
    a = weights_of(sums, k, output);
    b = weights_of(sums, k + 1, output);
  }
  fl_add_two_rows(sums->rows[k], sums->rows[k + 1], pixels, a, b, words);
}

void fl_add_viewed_planes(const fl_view_sums *sums, const fl_gradient_view *view, int32_t output, int32_t exponent,
                          int16_t *scratch) {
  const int32_t channels = view->gradient->channels;
  int32_t *const words = (int32_t *)(void *)scratch;
  if (sums->count == FL_MOST_VIEW_ROWS) {
    for (; output + GROUP <= channels; output += GROUP) {
      scale_group(view, output, exponent, words);
      add_two(sums, 0, output, view->pixels, words);
      add_two(sums, 2, output, view->pixels, words);
    }
  }
  if (output < channels) fl_add_viewed_planes_plain(sums, view, output, exponent, scratch);
}

#endif
