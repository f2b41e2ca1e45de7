#include "fl_kernels.h"
#if FL_DSP
#include "fl_back_scale.h"
#include "fl_gradient_dsp.h"
#include "fl_view_sums.h"

void fl_add_viewed_planes_plain(const fl_view_sums *sums, const fl_gradient_view *view, int32_t output, int32_t exponent,
                                int16_t *scratch);

/* Scaled mantissas of two channels, a word a pixel. */
static void pair_planes(const int16_t *upper, const int16_t *lower, fl_back_scale u, fl_back_scale l, int32_t pixels,
                        int32_t *words) {
  for (const int32_t *end = words + (pixels & ~1); words != end; words += 2, upper += 2, lower += 2) {
    const int32_t above = fl_load_word(upper), below = fl_load_word(lower);
    const int32_t first = fl_low_low_add(above, u.factor, u.half) >> u.shift;
    const int32_t second = fl_high_low_add(above, u.factor, u.half) >> u.shift;
    words[0] = fl_low_halves(first, fl_low_low_add(below, l.factor, l.half) >> l.shift);
    words[1] = fl_low_halves(second, fl_high_low_add(below, l.factor, l.half) >> l.shift);
  }
  if ((pixels & 1) != 0) words[0] = fl_low_halves(fl_scaled(*upper, u), fl_scaled(*lower, l));
}

/* To four rows at once, two pixels at a time up to `end`, which words is not. */
typedef struct {
  int32_t *rows[FL_MOST_VIEW_ROWS];
  int32_t pairs[FL_MOST_VIEW_ROWS]; /* weights of both channels */
} fl_four;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Four rows, their weights and two words of each are all registers there are. */
static FL_INLINE void add_twos(const fl_four *f, const int32_t *words, const int32_t *end) {
  int32_t *first = f->rows[0], *second = f->rows[1], *third = f->rows[2], *fourth = f->rows[3];
  int32_t x, y, left, right;
  __asm__ volatile(
      "1: ldrd %[x], %[y], [%[words]], #8\n"
      "ldrd %[left], %[right], [%[first]]\n"
      "smlad %[left], %[x], %[a], %[left]\n smlad %[right], %[y], %[a], %[right]\n"
      "strd %[left], %[right], [%[first]], #8\n"
      "ldrd %[left], %[right], [%[second]]\n"
      "smlad %[left], %[x], %[b], %[left]\n smlad %[right], %[y], %[b], %[right]\n"
      "strd %[left], %[right], [%[second]], #8\n"
      "ldrd %[left], %[right], [%[third]]\n"
      "smlad %[left], %[x], %[c], %[left]\n smlad %[right], %[y], %[c], %[right]\n"
      "strd %[left], %[right], [%[third]], #8\n"
      "ldrd %[left], %[right], [%[fourth]]\n"
      "smlad %[left], %[x], %[d], %[left]\n smlad %[right], %[y], %[d], %[right]\n"
      "strd %[left], %[right], [%[fourth]], #8\n"
      "cmp %[words], %[end]\n bne 1b\n"
      : [words] "+r"(words), [first] "+r"(first), [second] "+r"(second), [third] "+r"(third), [fourth] "+r"(fourth),
        [x] "=&r"(x), [y] "=&r"(y), [left] "=&r"(left), [right] "=&r"(right)
      : [a] "r"(f->pairs[0]), [b] "r"(f->pairs[1]), [c] "r"(f->pairs[2]), [d] "r"(f->pairs[3]), [end] "r"(end)
      : "memory", "cc");
}
#else
static void add_twos(const fl_four *f, const int32_t *words, const int32_t *end) {
  for (int32_t k = 0; k < FL_MOST_VIEW_ROWS; k++) {
    for (int32_t p = 0; words + p < end; p++) f->rows[k][p] = fl_pair_product_add(words[p], f->pairs[k], f->rows[k][p]);
  }
}
#endif

static __attribute__((noinline)) void add_rows(const fl_four *f, const int32_t *words, int32_t pixels) {
  const int32_t twos = pixels & ~1;
  if (twos != 0) add_twos(f, words, words + twos);
  if (twos == pixels) return;
  for (int32_t k = 0; k < FL_MOST_VIEW_ROWS; k++) {
    f->rows[k][twos] = fl_pair_product_add(words[twos], f->pairs[k], f->rows[k][twos]);
  }
}

void fl_add_viewed_planes(const fl_view_sums *sums, const fl_gradient_view *view, int32_t output, int32_t exponent,
                          int16_t *scratch) {
  if (sums->count != FL_MOST_VIEW_ROWS || output + 1 >= view->gradient->channels) {
    fl_add_viewed_planes_plain(sums, view, output, exponent, scratch);
    return;
  }
  const fl_gradient upper = fl_gradient_from(view->gradient, output), lower = fl_gradient_from(&upper, 1);
  int32_t *const words = (int32_t *)(void *)scratch;
  pair_planes(upper.mantissas, lower.mantissas, fl_back_scale_of(view->training, output, upper.exponents[0], exponent),
              fl_back_scale_of(view->training, output + 1, lower.exponents[0], exponent), view->pixels, words);
  fl_four four;
  for (int32_t k = 0; k < FL_MOST_VIEW_ROWS; k++) {
    four.rows[k] = sums->rows[k];
    four.pairs[k] = fl_low_halves(fl_view_weight(sums, k, output), fl_view_weight(sums, k, output + 1));
  }
  add_rows(&four, words, view->pixels);
}

#endif
