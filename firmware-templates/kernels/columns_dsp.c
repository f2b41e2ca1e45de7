/*
 * Two output channels in one multiplication: a lane of the weights is 256 * w[o] + w[o + 1]. With S the sum of products of
 * these lanes and T that of their lower bytes, T is the sum of channel o + 1 and S - T is 256 times that of channel o, both
 * modulo 2^32: 2 MACs of 2 channels for each of up to 4 pixels, from one word of weights.
 */
#include "fl_dsp.h"
#include "fl_dsp_kernels.h"

/* Sums of two channels at up to four pixels. */
typedef struct {
  int32_t s0, s1, s2, s3, t0, t1, t2, t3;
} fl_block;

/* What one word of weights adds; `is_first`: to nothing. Two pixels are loaded at a time, by one instruction. */
static FL_INLINE int32_t add(int32_t weights, int32_t inputs, int32_t sum, int32_t is_first) {
  return is_first ? fl_pair_product(weights, inputs) : fl_pair_product_add(weights, inputs, sum);
}

static FL_INLINE void add_pair(fl_block *b, int32_t both, const int32_t *column, int32_t pixels, int32_t is_first) {
  const int32_t lower = fl_even_bytes(both);
  const int32_t p0 = column[0], p1 = pixels > 1 ? column[1] : 0;
  b->s0 = add(both, p0, b->s0, is_first);
  b->t0 = add(lower, p0, b->t0, is_first);
  if (pixels == 1) return;
  b->s1 = add(both, p1, b->s1, is_first);
  b->t1 = add(lower, p1, b->t1, is_first);
  if (pixels == 2) return;
  const int32_t p2 = column[2], p3 = pixels > 3 ? column[3] : 0;
  b->s2 = add(both, p2, b->s2, is_first);
  b->t2 = add(lower, p2, b->t2, is_first);
  if (pixels == 3) return;
  b->s3 = add(both, p3, b->s3, is_first);
  b->t3 = add(lower, p3, b->t3, is_first);
}

/* Eight inputs: four pairs. */
static FL_INLINE void add_four(fl_block *b, const int32_t *weights, const int32_t *column, int32_t pixels,
                               int32_t is_first) {
  add_pair(b, weights[0], column, pixels, is_first);
  add_pair(b, weights[1], column + pixels, pixels, 0);
  add_pair(b, weights[2], column + 2 * pixels, pixels, 0);
  add_pair(b, weights[3], column + 3 * pixels, pixels, 0);
}

/*
 * All inputs of four pixels: the innermost loop. Sums, weights, inputs and both pointers take all fourteen registers, which
 * the compiler does not manage without storing some: the end of the column stays in memory.
 */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
#define FL_LOAD_TWO "ldrd %[p], %[q], [%[column]], #8\n"
#define FL_LOAD_PAIR "ldr %[both], [%[weights]], #4\n" FL_LOAD_TWO "sxtb16 %[lower], %[both]\n"
#define FL_FIRST_PAIR                                                                \
  FL_LOAD_PAIR                                                                       \
  "smuad %[s0], %[both], %[p]\n smuad %[s1], %[both], %[q]\n"                        \
  "smuad %[t0], %[lower], %[p]\n smuad %[t1], %[lower], %[q]\n" FL_LOAD_TWO          \
  "smuad %[s2], %[both], %[p]\n smuad %[s3], %[both], %[q]\n"                        \
  "smuad %[t2], %[lower], %[p]\n smuad %[t3], %[lower], %[q]\n"
#define FL_NEXT_PAIR                                                                 \
  FL_LOAD_PAIR                                                                       \
  "smlad %[s0], %[both], %[p], %[s0]\n smlad %[s1], %[both], %[q], %[s1]\n"          \
  "smlad %[t0], %[lower], %[p], %[t0]\n smlad %[t1], %[lower], %[q], %[t1]\n"        \
  FL_LOAD_TWO                                                                        \
  "smlad %[s2], %[both], %[p], %[s2]\n smlad %[s3], %[both], %[q], %[s3]\n"          \
  "smlad %[t2], %[lower], %[p], %[t2]\n smlad %[t3], %[lower], %[q], %[t3]\n"
#define FL_FOUR_PAIRS FL_NEXT_PAIR FL_NEXT_PAIR FL_NEXT_PAIR FL_NEXT_PAIR
/* Where the loop over eight begins: in its middle for an odd number of fours. */
static FL_INLINE fl_block four_pixels(const int32_t **packed, const int32_t *column, const int32_t *end) {
  fl_block b;
  const int32_t *weights = *packed;
  int32_t both, lower, p, q;
  __asm__(FL_FIRST_PAIR FL_NEXT_PAIR FL_NEXT_PAIR FL_NEXT_PAIR
          "ldr %[both], %[end]\n subs %[both], %[both], %[column]\n beq 3f\n"
          "lsls %[both], %[both], #25\n bmi 2f\n" /* bytes of four pairs: 64 */
          "1:\n" FL_FOUR_PAIRS
          "2:\n" FL_FOUR_PAIRS
          "ldr %[both], %[end]\n cmp %[both], %[column]\n bne 1b\n"
          "3:\n"
          : [s0] "=&r"(b.s0), [s1] "=&r"(b.s1), [s2] "=&r"(b.s2), [s3] "=&r"(b.s3), [t0] "=&r"(b.t0),
            [t1] "=&r"(b.t1), [t2] "=&r"(b.t2), [t3] "=&r"(b.t3), [weights] "+&r"(weights), [column] "+&r"(column),
            [both] "=&r"(both), [lower] "=&r"(lower), [p] "=&r"(p), [q] "=&r"(q)
          : [end] "m"(end)
          : "memory", "cc");
  *packed = weights;
  return b;
}
#else
static FL_INLINE fl_block four_pixels(const int32_t **packed, const int32_t *column, const int32_t *end) {
  fl_block b = {0, 0, 0, 0, 0, 0, 0, 0};
  const int32_t *weights = *packed;
  for (int32_t is_first = 1; column != end; is_first = 0, weights += 4, column += 16) {
    add_four(&b, weights, column, 4, is_first);
  }
  *packed = weights;
  return b;
}
#endif

/* All inputs, from the weights that `packed` points at to what follows them. */
static FL_INLINE fl_block block_of(const int32_t **packed, const int32_t *column, const int32_t *end, int32_t pixels) {
  if (pixels == 4) return four_pixels(packed, column, end);
  fl_block b = {0, 0, 0, 0, 0, 0, 0, 0};
  const int32_t *weights = *packed;
  add_four(&b, weights, column, pixels, 1);
  weights += 4;
  column += 4 * pixels;
  for (; column != end; column += 4 * pixels, weights += 4) {
    FL_KEEP(weights);
    add_four(&b, weights, column, pixels, 0);
  }
  *packed = weights;
  return b;
}

/* Upper outputs forth, lower outputs back. */
static FL_INLINE void put_affine(const fl_block *b, const fl_affine *by, int32_t pixels, int32_t outputs, int8_t *at) {
  const fl_affine upper = by[0];
  *at = fl_affine_output(upper, fl_wrapped_difference(b->s0, b->t0));
  if (pixels > 1) {
    at += outputs;
    FL_KEEP(at);
    *at = fl_affine_output(upper, fl_wrapped_difference(b->s1, b->t1));
  }
  if (pixels > 2) {
    at += outputs;
    FL_KEEP(at);
    *at = fl_affine_output(upper, fl_wrapped_difference(b->s2, b->t2));
  }
  if (pixels > 3) {
    at += outputs;
    FL_KEEP(at);
    *at = fl_affine_output(upper, fl_wrapped_difference(b->s3, b->t3));
  }
  const fl_affine lower = by[1];
  if (pixels > 3) {
    at[1] = fl_affine_output(lower, b->t3);
    at -= outputs;
    FL_KEEP(at);
  }
  if (pixels > 2) {
    at[1] = fl_affine_output(lower, b->t2);
    at -= outputs;
    FL_KEEP(at);
  }
  if (pixels > 1) {
    at[1] = fl_affine_output(lower, b->t1);
    at -= outputs;
    FL_KEEP(at);
  }
  at[1] = fl_affine_output(lower, b->t0);
}

/* Twice the sums of the upper and lower channel. */
static FL_INLINE int32_t upper_doubled(int32_t s, int32_t t) { return fl_wrapped_difference(s, t) >> 7; }
static FL_INLINE int32_t lower_doubled(int32_t t) { return fl_wrapped_sum(t, t); }

static FL_INLINE void put_exact(const fl_block *b, const fl_exact *by, int32_t pixels, int32_t outputs, int8_t *at) {
  const fl_exact upper = by[0];
  *at = fl_exact_output(upper, upper_doubled(b->s0, b->t0));
  if (pixels > 1) {
    at += outputs;
    FL_KEEP(at);
    *at = fl_exact_output(upper, upper_doubled(b->s1, b->t1));
  }
  if (pixels > 2) {
    at += outputs;
    FL_KEEP(at);
    *at = fl_exact_output(upper, upper_doubled(b->s2, b->t2));
  }
  if (pixels > 3) {
    at += outputs;
    FL_KEEP(at);
    *at = fl_exact_output(upper, upper_doubled(b->s3, b->t3));
  }
  const fl_exact lower = by[1];
  if (pixels > 3) {
    at[1] = fl_exact_output(lower, lower_doubled(b->t3));
    at -= outputs;
    FL_KEEP(at);
  }
  if (pixels > 2) {
    at[1] = fl_exact_output(lower, lower_doubled(b->t2));
    at -= outputs;
    FL_KEEP(at);
  }
  if (pixels > 1) {
    at[1] = fl_exact_output(lower, lower_doubled(b->t1));
    at -= outputs;
    FL_KEEP(at);
  }
  at[1] = fl_exact_output(lower, lower_doubled(b->t0));
}

static FL_INLINE void block_affine(const int32_t *packed, const int32_t *columns, int32_t pixels, int32_t pairs,
                                   int32_t outputs, int8_t *output) {
  const int32_t *column_end = columns + pairs * pixels;
  for (const int8_t *end = output + (outputs & ~1); output != end; output += 2, packed += 6) {
    const fl_block sums = block_of(&packed, columns, column_end, pixels);
    put_affine(&sums, (const fl_affine *)packed, pixels, outputs, output);
  }
}

static FL_INLINE void block_exact(const int32_t *packed, const int32_t *columns, int32_t pixels, int32_t pairs,
                                  int32_t outputs, int8_t *output) {
  const int32_t *column_end = columns + pairs * pixels;
  for (const int8_t *end = output + (outputs & ~1); output != end; output += 2, packed += 8) {
    const fl_block sums = block_of(&packed, columns, column_end, pixels);
    put_exact(&sums, (const fl_exact *)packed, pixels, outputs, output);
  }
}

/* One function for each number of pixels and kind of requantisation, so that sums stay in registers. */
#define FL_COLUMNS(name, block, pixels)                                                                                  \
  static __attribute__((noinline)) void name(const int32_t *packed, const int32_t *columns, int32_t pairs,               \
                                             int32_t outputs, int8_t *output) {                                          \
    block(packed, columns, pixels, pairs, outputs, output);                                                              \
  }
FL_COLUMNS(one_affine, block_affine, 1)
FL_COLUMNS(two_affine, block_affine, 2)
FL_COLUMNS(three_affine, block_affine, 3)
FL_COLUMNS(four_affine, block_affine, 4)
FL_COLUMNS(one_exact, block_exact, 1)
FL_COLUMNS(two_exact, block_exact, 2)
FL_COLUMNS(three_exact, block_exact, 3)
FL_COLUMNS(four_exact, block_exact, 4)

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

static void some_columns(const fl_dsp_filter *filter, const int32_t *columns, int32_t pixels, int32_t pairs,
                         int32_t outputs, int8_t *output) {
  const int32_t *packed = filter->weights;
  switch (pixels + (filter->is_exact ? 4 : 0)) {
    case 1: one_affine(packed, columns, pairs, outputs, output); break;
    case 2: two_affine(packed, columns, pairs, outputs, output); break;
    case 3: three_affine(packed, columns, pairs, outputs, output); break;
    case 4: four_affine(packed, columns, pairs, outputs, output); break;
    case 5: one_exact(packed, columns, pairs, outputs, output); break;
    case 6: two_exact(packed, columns, pairs, outputs, output); break;
    case 7: three_exact(packed, columns, pairs, outputs, output); break;
    default: four_exact(packed, columns, pairs, outputs, output); break;
  }
  if ((outputs & 1) != 0) last_output(filter, columns, pixels, pairs, outputs, output);
}

/* Five are three and two: one alone costs as much as two. */
void fl_columns_dsp(const fl_dsp_filter *filter, const int16_t *columns, int32_t pixels, int32_t depth, int32_t outputs,
                    int8_t *output) {
  const int32_t pairs = (depth + 7) / 8 * 4;
  const int32_t *words = (const int32_t *)(const void *)columns;
  const int32_t first = pixels == FL_DSP_PIXELS ? 3 : pixels;
  some_columns(filter, words, first, pairs, outputs, output);
  if (pixels > first) some_columns(filter, words + first * pairs, pixels - first, pairs, outputs, output + first * outputs);
}

static FL_INLINE void widen(const int8_t *input, int32_t pixels, int32_t depth, int32_t *columns) {
  const int8_t *end = input + (depth & ~3);
  for (; input != end; input += 4, columns += 2 * pixels) {
#pragma GCC unroll 4
    for (int32_t p = 0; p < pixels; p++) {
      const int32_t four = fl_load_word(input + p * depth);
      columns[p] = fl_even_bytes(four);
      columns[pixels + p] = fl_odd_bytes(four);
    }
  }
  const int32_t left = depth & 3;
  if (left != 0) {
    for (int32_t p = 0; p < pixels; p++) {
      uint32_t four = 0;
      for (int32_t i = 0; i < left; i++) four |= (uint32_t)(uint8_t)input[p * depth + i] << (8 * i);
      columns[p] = fl_even_bytes((int32_t)four);
      columns[pixels + p] = fl_odd_bytes((int32_t)four);
    }
    columns += 2 * pixels;
  }
  if (((depth + 3) & 4) == 0) return;
  for (int32_t p = 0; p < 2 * pixels; p++) columns[p] = 0;
}

static void widen_some(const int8_t *input, int32_t pixels, int32_t depth, int32_t *columns) {
  switch (pixels) {
    case 1: widen(input, 1, depth, columns); break;
    case 2: widen(input, 2, depth, columns); break;
    case 3: widen(input, 3, depth, columns); break;
    default: widen(input, 4, depth, columns); break;
  }
}

void fl_widen_dsp(const int8_t *input, int32_t pixels, int32_t depth, int16_t *columns) {
  int32_t *words = (int32_t *)(void *)columns;
  const int32_t first = pixels == FL_DSP_PIXELS ? 3 : pixels;
  widen_some(input, first, depth, words);
  if (pixels > first) widen_some(input + first * depth, pixels - first, depth, words + first * ((depth + 7) / 8 * 4));
}
