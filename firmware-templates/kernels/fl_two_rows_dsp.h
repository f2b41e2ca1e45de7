/*
 * Two rows of sums, and what four planes of mantissas add to them. Header only: a copy in each kernel that includes it. RAM: none.
 * Flash: where used, 2 kernels.
 *
 * Mantissas go in words of two channels, those of two pixels together: channels (0, 1) of the first and of the second, channels
 * (2, 3) of both; a last pixel alone has one word of either. So four pixels of sums take thirteen instructions.
 */
#ifndef FL_TWO_ROWS_DSP_H
#define FL_TWO_ROWS_DSP_H

#include "fl_gradient_dsp.h"

/* Of one row for the four channels: pairs. */
typedef struct {
  int32_t upper, lower;
} fl_group_weights;

static FL_INLINE int32_t fl_add_four(int32_t upper, int32_t lower, fl_group_weights w, int32_t sum) {
  return fl_pair_product_add(lower, w.lower, fl_pair_product_add(upper, w.upper, sum));
}

/*
 * Weights of two rows for four channels, `step` bytes apart, where those of the rows lie side by side: bytes of both come with each
 * load.
 */
static FL_INLINE void fl_weights_of_two(const int8_t *at, int32_t step, fl_group_weights *first, fl_group_weights *second) {
  const int32_t upper = fl_low_halves(fl_load_half(at), fl_load_half(at + step));
  at += 2 * step;
  const int32_t lower = fl_low_halves(fl_load_half(at), fl_load_half(at + step));
  *first = (fl_group_weights){fl_even_bytes(upper), fl_even_bytes(lower)};
  *second = (fl_group_weights){fl_odd_bytes(upper), fl_odd_bytes(lower)};
}

/* Two pixels at a time up to `end`, which `first` is not. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* A compiler loads and stores words one by one, and keeps no pointer of four in a register: so it is written out. */
#define FL_ADD_TO(row, upper, lower)                                                                          \
  "ldrd %[left], %[right], [%[" row "]]\n"                                                                    \
  "smlad %[left], %[p], %[" upper "], %[left]\n smlad %[right], %[q], %[" upper "], %[right]\n"              \
  "smlad %[left], %[r], %[" lower "], %[left]\n smlad %[right], %[s], %[" lower "], %[right]\n"              \
  "strd %[left], %[right], [%[" row "]], #8\n"
#define FL_ADD_TWO \
  "ldmia %[words]!, {%[p], %[q], %[r], %[s]}\n" FL_ADD_TO("first", "au", "al") FL_ADD_TO("second", "bu", "bl")
static FL_INLINE void fl_add_twos(int32_t *first, int32_t *second, const int32_t *end, fl_group_weights a,
                                            fl_group_weights b, const int32_t *words) {
  register int32_t p __asm__("r4");
  register int32_t q __asm__("r5");
  register int32_t r __asm__("r6");
  register int32_t s __asm__("r7");
  int32_t left, right;
  /* Two twos a turn, entered in the middle where their number is odd: the bit of 8 bytes of a row. */
  __asm__ volatile(
      "sub %[left], %[end], %[first]\n lsls %[left], %[left], #28\n bmi 2f\n"
      "1:\n" FL_ADD_TWO "2:\n" FL_ADD_TWO "cmp %[first], %[end]\n bne 1b\n"
      : [first] "+r"(first), [second] "+r"(second), [words] "+r"(words), [p] "=&r"(p), [q] "=&r"(q), [r] "=&r"(r),
        [s] "=&r"(s), [left] "=&r"(left), [right] "=&r"(right)
      : [end] "r"(end), [au] "r"(a.upper), [al] "r"(a.lower), [bu] "r"(b.upper), [bl] "r"(b.lower)
      : "memory", "cc");
}
#undef FL_ADD_TWO
#undef FL_ADD_TO
#else
static void fl_add_twos(int32_t *first, int32_t *second, const int32_t *end, fl_group_weights a, fl_group_weights b,
                                  const int32_t *words) {
  for (; first != end; first += 2, second += 2, words += 4) {
    first[0] = fl_add_four(words[0], words[2], a, first[0]), first[1] = fl_add_four(words[1], words[3], a, first[1]);
    second[0] = fl_add_four(words[0], words[2], b, second[0]), second[1] = fl_add_four(words[1], words[3], b, second[1]);
  }
}
#endif

/* To be called where nothing else needs registers: a last pixel alone comes first, so that nothing outlives the others. */
static FL_INLINE void fl_add_two_rows(int32_t *first, int32_t *second, int32_t pixels, fl_group_weights a, fl_group_weights b,
                                      const int32_t *words) {
  const int32_t last = pixels - 1;
  if ((pixels & 1) != 0) {
    const int32_t upper = words[2 * last], lower = words[2 * last + 1];
    first[last] = fl_add_four(upper, lower, a, first[last]);
    second[last] = fl_add_four(upper, lower, b, second[last]);
    pixels = last;
  }
  if (pixels != 0) fl_add_twos(first, second, first + pixels, a, b, words);
}

#endif
