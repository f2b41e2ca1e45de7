/*
 * Two output channels in one multiplication: a lane of the weights is 256 * w[o] + w[o + 1]. With S the sum of products of
 * these lanes and T that of their lower bytes, T is the sum of channel o + 1 and S - T is 256 times that of channel o, both
 * modulo 2^32: 2 MACs of 2 channels for each of up to 3 pixels, from one word of weights.
 */
#include "fl_dsp.h"
#include "fl_dsp_kernels.h"

/* Twice the sums of the upper and lower channel. */
static FL_INLINE int32_t upper_doubled(int32_t s, int32_t t) { return fl_wrapped_difference(s, t) >> 7; }
static FL_INLINE int32_t lower_doubled(int32_t t) { return fl_wrapped_sum(t, t); }

/* `pixels` side by side, their words from `columns` to `end`, times all pairs of outputs. */
static FL_INLINE void any_pixels(const int32_t *weights, const int32_t *columns, const int32_t *end, int8_t *output,
                                 int32_t outputs, int32_t pixels, int32_t is_exact) {
  const int32_t words = (int32_t)(end - columns) / pixels + (is_exact ? 8 : 6);
  for (int32_t o = 0; o + 1 < outputs; o += 2, weights += words) {
    for (int32_t p = 0; p < pixels; p++) {
      const int32_t *packed = weights;
      int32_t s = 0, t = 0;
      for (const int32_t *column = columns + p; column < end; column += pixels) {
        const int32_t both = *packed++;
        s = fl_pair_product_add(both, *column, s);
        t = fl_pair_product_add(fl_even_bytes(both), *column, t);
      }
      int8_t *const at = output + p * outputs + o;
      if (is_exact) {
        const fl_exact *by = (const fl_exact *)packed;
        at[0] = fl_exact_output(by[0], upper_doubled(s, t));
        at[1] = fl_exact_output(by[1], lower_doubled(t));
      } else {
        const fl_affine *by = (const fl_affine *)packed;
        at[0] = fl_affine_output(by[0], fl_wrapped_difference(s, t));
        at[1] = fl_affine_output(by[1], t);
      }
    }
  }
}

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* The first pixel's next output, and bytes from one pixel to the next. */
typedef struct {
  int8_t *output;
  int32_t step;
} fl_place;

/*
 * Three pixels are as many as fourteen registers hold: sums S and T of each (s0 t0, s1 t1, s2 t2), two words of weights (v, w), a
 * word of each pixel (p, q, r) and three pointers (weights, column, the column's end). A compiler stores some of them in
 * between, so the loop over pairs of outputs is written out; for two pixels it is the same without the third.
 *
 * Upwards: a word of weights meets all pixels, then its lower bytes do; two such words are loaded together (NEXT_TWO, of which
 * the first for every pair of outputs begins sums: FIRST_TWO). SUMS is all inputs: eight, then a loop over two times eight,
 * entered in its middle for an odd rest. PUT makes outputs of them and goes back to 1 for the next pair.
 */
#define FL_EACH_3(instruction) instruction("0", "p") instruction("1", "q") instruction("2", "r")
#define FL_EACH_2(instruction) instruction("0", "p") instruction("1", "q")
#define FL_FIRST_UPPER(n, x) "smuad %[s" n "], %[v], %[" x "]\n"
#define FL_FIRST_LOWER(n, x) "smuad %[t" n "], %[v], %[" x "]\n"
#define FL_UPPER_OF_V(n, x) "smlad %[s" n "], %[v], %[" x "], %[s" n "]\n"
#define FL_LOWER_OF_V(n, x) "smlad %[t" n "], %[v], %[" x "], %[t" n "]\n"
#define FL_UPPER_OF_W(n, x) "smlad %[s" n "], %[w], %[" x "], %[s" n "]\n"
#define FL_LOWER_OF_W(n, x) "smlad %[t" n "], %[w], %[" x "], %[t" n "]\n"
#define FL_LOAD_3 "ldmia %[column]!, {%[p], %[q], %[r]}\n"
#define FL_LOAD_2 "ldrd %[p], %[q], [%[column]], #8\n"
#define FL_WEIGHTS "ldrd %[v], %[w], [%[weights]], #8\n"
#define FL_SECOND(pixels)                                                                                              \
  FL_LOAD_##pixels FL_EACH_##pixels(FL_UPPER_OF_W) "sxtb16 %[w], %[w]\n" FL_EACH_##pixels(FL_LOWER_OF_W)
#define FL_FIRST_TWO(pixels)                                                                                           \
  FL_WEIGHTS FL_LOAD_##pixels FL_EACH_##pixels(FL_FIRST_UPPER) "sxtb16 %[v], %[v]\n"                                   \
      FL_EACH_##pixels(FL_FIRST_LOWER) FL_SECOND(pixels)
#define FL_NEXT_TWO(pixels)                                                                                            \
  FL_WEIGHTS FL_LOAD_##pixels FL_EACH_##pixels(FL_UPPER_OF_V) "sxtb16 %[v], %[v]\n"                                    \
      FL_EACH_##pixels(FL_LOWER_OF_V) FL_SECOND(pixels)
#define FL_NEXT_FOUR(pixels) FL_NEXT_TWO(pixels) FL_NEXT_TWO(pixels)
#define FL_ODD_BIT_3 "27" /* bytes of four pairs: 48 */
#define FL_ODD_BIT_2 "26" /* 32 */
#define FL_SUMS(pixels)                                                                                                \
  "1: ldr %[column], %[columns]\n" FL_FIRST_TWO(pixels) FL_NEXT_TWO(pixels)                                            \
  "subs %[v], %[end], %[column]\n beq 4f\n lsls %[v], %[v], #" FL_ODD_BIT_##pixels "\n bmi 3f\n"                       \
  "2:\n" FL_NEXT_FOUR(pixels) "3:\n" FL_NEXT_FOUR(pixels) "cmp %[end], %[column]\n bne 2b\n"                           \
  "4: ldrd %[v], %[w], %[place]\n"

/* Outputs of one channel, and on to the next. */
#define FL_STORE_3(sum) "strb %[" sum "2], [%[v], %[w], lsl #1]\n" FL_STORE_2(sum)
#define FL_STORE_2(sum) "strb %[" sum "1], [%[v], %[w]]\n strb %[" sum "0], [%[v]], #1\n"
#define FL_SATURATE(shift, a) "ssat %[" a "], #8, %[" a "]" shift "\n"
#define FL_ON "str %[v], %[place]\n ldr %[w], %[last]\n cmp %[v], %[w]\n bne 1b\n"

/* fl_affine: factor, addend, multiplier in p, q, r; the shift is FL_AFFINE_SHIFT. */
#define FL_AFFINE(a)                                                                                                   \
  "mla %[" a "], %[" a "], %[p], %[q]\n smmul %[" a "], %[" a "], %[r]\n" FL_SATURATE(", asr #16", a)
#define FL_AFFINE_UPPER(n, x) "sub %[s" n "], %[s" n "], %[t" n "]\n" FL_AFFINE("s" n)
#define FL_AFFINE_LOWER(n, x) FL_AFFINE("t" n)
#define FL_PUT_AFFINE(pixels)                                                                                          \
  "ldmia %[weights]!, {%[p], %[q], %[r]}\n" FL_EACH_##pixels(FL_AFFINE_UPPER) FL_STORE_##pixels("s")                   \
  "ldmia %[weights]!, {%[p], %[q], %[r]}\n" FL_EACH_##pixels(FL_AFFINE_LOWER) FL_STORE_##pixels("t") FL_ON

/* fl_exact: addend, multiplier, zero, power in p, q, r, column. */
#define FL_EXACT(a)                                                                                                    \
  "smmulr %[" a "], %[" a "], %[q]\n add %[" a "], %[" a "], %[" a "], asr #31\n"                                      \
  "smmlsr %[" a "], %[" a "], %[column], %[r]\n" FL_SATURATE("", a)
#define FL_EXACT_UPPER(n, x)                                                                                           \
  "sub %[s" n "], %[s" n "], %[t" n "]\n add %[s" n "], %[p], %[s" n "], asr #7\n" FL_EXACT("s" n)
#define FL_EXACT_LOWER(n, x) "add %[t" n "], %[p], %[t" n "], lsl #1\n" FL_EXACT("t" n)
#define FL_PUT_EXACT(pixels)                                                                                           \
  "ldmia %[weights]!, {%[p], %[q], %[r], %[column]}\n" FL_EACH_##pixels(FL_EXACT_UPPER) FL_STORE_##pixels("s")         \
  "ldmia %[weights]!, {%[p], %[q], %[r], %[column]}\n" FL_EACH_##pixels(FL_EXACT_LOWER) FL_STORE_##pixels("t") FL_ON

/* LDM takes registers in ascending order only. */
#define FL_PIXELS(name, pixels, put)                                                                                   \
  static __attribute__((noinline)) void name(const int32_t *weights, const int32_t *columns, const int32_t *end,       \
                                             int8_t *output, int32_t outputs) {                                        \
    fl_place place = {output, outputs};                                                                                \
    int8_t *const last = output + (outputs & ~1);                                                                      \
    int32_t s0, s1, s2, t0, t1, t2, v, w;                                                                              \
    register int32_t p __asm__("r4");                                                                                  \
    register int32_t q __asm__("r5");                                                                                  \
    register int32_t r __asm__("r6");                                                                                  \
    register const int32_t *column __asm__("r8");                                                                      \
    __asm__ volatile(FL_SUMS(pixels) put(pixels)                                                                       \
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2), [t0] "=&r"(t0), [t1] "=&r"(t1),                 \
                       [t2] "=&r"(t2), [v] "=&r"(v), [w] "=&r"(w), [p] "=&r"(p), [q] "=&r"(q), [r] "=&r"(r),           \
                       [column] "=&r"(column), [weights] "+&r"(weights), [place] "+m"(place)                           \
                     : [end] "r"(end), [columns] "m"(columns), [last] "m"(last)                                        \
                     : "memory", "cc");                                                                                \
  }
#else
#define FL_PIXELS(name, pixels, put)                                                                       \
  static void name(const int32_t *weights, const int32_t *columns, const int32_t *end, int8_t *output,     \
                   int32_t outputs) {                                                                      \
    any_pixels(weights, columns, end, output, outputs, pixels, put);                                       \
  }
#define FL_PUT_AFFINE 0
#define FL_PUT_EXACT 1
#endif
FL_PIXELS(two_affine, 2, FL_PUT_AFFINE)
FL_PIXELS(three_affine, 3, FL_PUT_AFFINE)
FL_PIXELS(two_exact, 2, FL_PUT_EXACT)
FL_PIXELS(three_exact, 3, FL_PUT_EXACT)

static __attribute__((noinline)) void one_pixel(const int32_t *weights, const int32_t *columns, const int32_t *end,
                                                int8_t *output, int32_t outputs, int32_t is_exact) {
  any_pixels(weights, columns, end, output, outputs, 1, is_exact);
}

/* The last of an odd number of outputs: nothing is in the lower bytes of its weights. */
static __attribute__((noinline)) void last_output(const fl_dsp_filter *filter, const int32_t *columns, int32_t pixels,
                                                  int32_t pairs, int32_t outputs, int8_t *output) {
  const int32_t *packed = filter->weights + outputs / 2 * (pairs + (filter->is_exact ? 8 : 6));
  for (int32_t p = 0; p < pixels; p++, output += outputs) {
    int32_t sum = 0;
    for (int32_t i = 0; i < pairs; i++) sum = fl_pair_product_add(packed[i], columns[i * pixels + p], sum);
    output[outputs - 1] = filter->is_exact ? fl_exact_output(*(const fl_exact *)(packed + pairs), upper_doubled(sum, 0))
                                           : fl_affine_output(*(const fl_affine *)(packed + pairs), sum);
  }
}

void fl_columns_dsp(const fl_dsp_filter *filter, const int16_t *columns, int32_t pixels, int32_t depth, int32_t outputs,
                    int8_t *output) {
  const int32_t pairs = (depth + 7) / 8 * 4, *words = (const int32_t *)(const void *)columns, *end = words + pairs * pixels;
  if (outputs > 1) {
    const int32_t *weights = filter->weights;
    const int32_t is_exact = filter->is_exact != 0;
    switch (pixels == 1 ? 1 : pixels + 2 * is_exact) {
      case 1: one_pixel(weights, words, end, output, outputs, is_exact); break;
      case 2: two_affine(weights, words, end, output, outputs); break;
      case 3: three_affine(weights, words, end, output, outputs); break;
      case 4: two_exact(weights, words, end, output, outputs); break;
      default: three_exact(weights, words, end, output, outputs); break;
    }
  }
  if ((outputs & 1) != 0) last_output(filter, words, pixels, pairs, outputs, output);
}
