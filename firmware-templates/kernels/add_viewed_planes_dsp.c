#include "fl_kernels.h"
#if FL_DSP_GRADIENTS
#include "fl_back_scale.h"
#include "fl_gradient_dsp.h"
#include "fl_view_sums.h"

void fl_add_viewed_planes_plain(const fl_view_sums *sums, const fl_gradient_view *view, int32_t output, int32_t exponent,
                                int16_t *scratch);

/* Scaled mantissas of two channels, a word a pixel. */
static void pair_planes(const int16_t *upper, const int16_t *lower, fl_back_scale u, fl_back_scale l, int32_t pixels,
                        int32_t *words) {
  const int32_t of_upper = fl_wide_factor(u), of_lower = fl_wide_factor(l);
  for (const int32_t *end = words + (pixels & ~1); words != end; upper += 2, lower += 2) {
    const int32_t above = fl_load_word(upper), below = fl_load_word(lower);
    const int32_t first = fl_pair_of_wide(fl_wide_low_add(of_upper, above, FL_WIDE_HALF),
                                          fl_wide_low_add(of_lower, below, FL_WIDE_HALF));
    const int32_t second = fl_pair_of_wide(fl_wide_high_add(of_upper, above, FL_WIDE_HALF),
                                           fl_wide_high_add(of_lower, below, FL_WIDE_HALF));
    FL_STORE_TWO_ON(first, second, words);
  }
  if ((pixels & 1) == 0) return;
  *words = fl_pair_of_wide(fl_wide_low_add(of_upper, *upper, FL_WIDE_HALF), fl_wide_low_add(of_lower, *lower, FL_WIDE_HALF));
}

/* To four rows at once, two pixels at a time up to `end`, which words is not. */
typedef struct {
  int32_t *rows[FL_MOST_VIEW_ROWS];
  int32_t pairs[FL_MOST_VIEW_ROWS]; /* weights of both channels */
} fl_four;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Four rows, their weights and two words of each are all registers there are. */
#define FL_ADD_TO(row, weight)                                                                       \
  "ldrd %[left], %[right], [%[" row "]]\n"                                                           \
  "smlad %[left], %[x], %[" weight "], %[left]\n smlad %[right], %[y], %[" weight "], %[right]\n"   \
  "strd %[left], %[right], [%[" row "]], #8\n"
#define FL_ADD_TWO                                                                                   \
  "ldrd %[x], %[y], [%[words]], #8\n"                                                                \
  FL_ADD_TO("first", "a") FL_ADD_TO("second", "b") FL_ADD_TO("third", "c") FL_ADD_TO("fourth", "d")
static FL_INLINE void add_twos(const fl_four *f, const int32_t *words, const int32_t *end) {
  int32_t *first = f->rows[0], *second = f->rows[1], *third = f->rows[2], *fourth = f->rows[3];
  int32_t x, y, left, right;
  /* Two twos a turn, entered in the middle where their number is odd: the bit of 8 bytes of words. */
  __asm__ volatile(
      "sub %[x], %[end], %[words]\n lsls %[x], %[x], #28\n bmi 2f\n"
      "1:\n" FL_ADD_TWO "2:\n" FL_ADD_TWO "cmp %[words], %[end]\n bne 1b\n"
      : [words] "+r"(words), [first] "+r"(first), [second] "+r"(second), [third] "+r"(third), [fourth] "+r"(fourth),
        [x] "=&r"(x), [y] "=&r"(y), [left] "=&r"(left), [right] "=&r"(right)
      : [a] "r"(f->pairs[0]), [b] "r"(f->pairs[1]), [c] "r"(f->pairs[2]), [d] "r"(f->pairs[3]), [end] "r"(end)
      : "memory", "cc");
}
#undef FL_ADD_TWO
#undef FL_ADD_TO
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

/* Of all rows, for output channels `output` and the next: by words where those of the rows lie side by side. */
static void pair_weights(const fl_view_sums *sums, int32_t output, int32_t *pairs) {
  const fl_input_weights of = sums->weights[0];
  if (sums->weights[FL_MOST_VIEW_ROWS - 1].first != of.first + FL_MOST_VIEW_ROWS - 1) {
    for (int32_t k = 0; k < FL_MOST_VIEW_ROWS; k++) {
      pairs[k] = fl_low_halves(fl_view_weight(sums, k, output), fl_view_weight(sums, k, output + 1));
    }
    return;
  }
  const int8_t *at = of.first + output * of.step;
  const int32_t upper = fl_load_word(at), lower = fl_load_word(at + of.step);
  const int32_t upper_even = fl_even_bytes(upper), lower_even = fl_even_bytes(lower);
  const int32_t upper_odd = fl_odd_bytes(upper), lower_odd = fl_odd_bytes(lower);
  pairs[0] = fl_low_halves(upper_even, lower_even);
  pairs[1] = fl_low_halves(upper_odd, lower_odd);
  pairs[2] = fl_high_halves(upper_even, lower_even);
  pairs[3] = fl_high_halves(upper_odd, lower_odd);
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
  for (int32_t k = 0; k < FL_MOST_VIEW_ROWS; k++) four.rows[k] = sums->rows[k];
  pair_weights(sums, output, four.pairs);
  add_rows(&four, words, view->pixels);
}

#endif
