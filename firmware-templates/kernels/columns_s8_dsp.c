/*
 * SXTB16 of four weights meets the words of the columns (fl_columns.h). Four pixels go through fl_four_columns; what is left over,
 * and layers that are not made for it (another clamp than that of int8, no bias, weights trained in part that are no whole fours),
 * through a plain loop.
 */
#include "fl_kernels.h"
#if FL_DSP
#include <stddef.h>

#include "fl_columns.h"
#include "fl_dsp.h"
#include "fl_four_columns_dsp.h"
#include "fl_output.h"
#include "fl_scale_dsp.h"

/* The two words of four inputs of one pixel; `lower` is the zero point's negative, twice. */
static FL_INLINE void widen_four(const int8_t *values, int32_t lower, int32_t count, int32_t *column) {
  const int32_t four = fl_load_word(values);
  column[0] = fl_even_bytes_add(four, lower);
  column[count] = fl_odd_bytes_add(four, lower);
}

/* The last 1 to 3 inputs of all columns. */
static void widen_last(const int8_t *values, int32_t rest, int32_t zero, int32_t count, int32_t depth, int16_t *last) {
  const int32_t is_loose = fl_has_loose_end(count, depth);
  for (int32_t p = 0; p < count; p++, values += depth) {
    for (int32_t i = 0; i < (is_loose ? rest : 4); i++) {
      const int32_t place = is_loose ? i * count + p : 2 * ((i & 1) * count + p) + (i >> 1);
      last[place] = (int16_t)(i < rest ? values[i] - zero : 0);
    }
  }
}

/* Whole fours of four pixels up to `end` of the first; returns the end of the columns. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Eight words are stored by one instruction, which takes registers in ascending order only. */
static __attribute__((noinline)) int32_t *widen_fours(const int8_t *values, const int8_t *end, int32_t depth, int32_t lower,
                                                      int32_t *column) {
  const int32_t third = 3 * depth;
  register int32_t a __asm__("r4");
  register int32_t b __asm__("r5");
  register int32_t c __asm__("r6");
  register int32_t d __asm__("r8");
  register int32_t e __asm__("r9");
  register int32_t f __asm__("r10");
  register int32_t g __asm__("r11");
  register int32_t h __asm__("r12");
  if (values == end) return column;
  __asm__ volatile(
      "1: ldr %[b], [%[values], %[depth]]\n ldr %[c], [%[values], %[depth], lsl #1]\n"
      "ldr %[d], [%[values], %[third]]\n ldr %[a], [%[values]], #4\n"
      "sxtab16 %[e], %[lower], %[a], ror #8\n sxtab16 %[a], %[lower], %[a]\n"
      "sxtab16 %[f], %[lower], %[b], ror #8\n sxtab16 %[b], %[lower], %[b]\n"
      "sxtab16 %[g], %[lower], %[c], ror #8\n sxtab16 %[c], %[lower], %[c]\n"
      "sxtab16 %[h], %[lower], %[d], ror #8\n sxtab16 %[d], %[lower], %[d]\n"
      "stmia %[column]!, {%[a], %[b], %[c], %[d], %[e], %[f], %[g], %[h]}\n"
      "cmp %[values], %[end]\n bne 1b\n"
      : [values] "+&r"(values), [column] "+&r"(column), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d),
        [e] "=&r"(e), [f] "=&r"(f), [g] "=&r"(g), [h] "=&r"(h)
      : [depth] "r"(depth), [third] "r"(third), [end] "r"(end), [lower] "r"(lower)
      : "memory", "cc");
  return column;
}
#else
static int32_t *widen_fours(const int8_t *values, const int8_t *end, int32_t depth, int32_t lower, int32_t *column) {
  for (; values != end; values += 4, column += 8) {
    for (int32_t p = 0; p < 4; p++) widen_four(values + p * depth, lower, 4, column + p);
  }
  return column;
}
#endif

void fl_widen_columns(const int8_t *values, int32_t count, int32_t depth, int32_t zero, int16_t *columns) {
  const int32_t lower = fl_low_halves(-zero, -zero), rest = depth & 3;
  int32_t *column = (int32_t *)(void *)columns;
  const int8_t *end = values + (depth & ~3);
  if (count == FL_COLUMNS) {
    column = widen_fours(values, end, depth, lower, column);
    values = end;
  }
  for (; values != end; values += 4, column += 2 * count) {
    for (int32_t p = 0; p < count; p++) widen_four(values + p * depth, lower, count, column + p);
  }
  if (rest != 0) widen_last(end, rest, zero, count, depth, (int16_t *)(void *)column);
}

/* What is the same for all filters; of the weights of each, the first `trained_inputs` of `inputs` at every tap lie elsewhere. */
typedef struct {
  const fl_filter *filter;
  const fl_range *range;
  fl_sink to;
  const int32_t *columns;
  int32_t count, depth, outputs;
  int32_t inputs, trained_inputs;
} fl_job;

/* Whole fours that follow each other, times two columns; returns the columns behind them. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Four words of columns are loaded by one instruction, which takes registers in ascending order only. */
#define FL_FOUR_TWO                                                                                                      \
  "ldr %[x], [%[weights]], #4\n ldmia %[column]!, {%[p], %[q], %[r], %[t]}\n"                                            \
  "sxtb16 %[w], %[x]\n smlad %[a], %[w], %[p], %[a]\n smlad %[b], %[w], %[q], %[b]\n"                                    \
  "sxtb16 %[w], %[x], ror #8\n smlad %[a], %[w], %[r], %[a]\n smlad %[b], %[w], %[t], %[b]\n"
static FL_INLINE const int32_t *add_to_two(const int8_t *weights, int32_t bytes, const int32_t *column, int32_t *sums) {
  int32_t a = sums[0], b = sums[1], w, x;
  register int32_t p __asm__("r4");
  register int32_t q __asm__("r5");
  register int32_t r __asm__("r6");
  register int32_t t __asm__("r7");
  if (bytes == 0) return column;
  /* Into the loop behind what is missing in the first sixteen. */
  __asm__ volatile("ands %[w], %[bytes], #12\n add %[bytes], %[weights]\n beq 1f\n cmp %[w], #8\n beq 3f\n bhi 2f\n b 4f\n"
                   "1:\n" FL_FOUR_TWO "2:\n" FL_FOUR_TWO "3:\n" FL_FOUR_TWO "4:\n" FL_FOUR_TWO
                   "cmp %[weights], %[bytes]\n bne 1b\n"
                   : [a] "+&r"(a), [b] "+&r"(b), [weights] "+&r"(weights), [column] "+&r"(column), [bytes] "+&r"(bytes),
                     [p] "=&r"(p), [q] "=&r"(q), [r] "=&r"(r), [t] "=&r"(t), [w] "=&r"(w), [x] "=&r"(x)
                   :
                   : "memory", "cc");
  sums[0] = a;
  sums[1] = b;
  return column;
}
#else
static const int32_t *add_to_two(const int8_t *weights, int32_t bytes, const int32_t *column, int32_t *sums) {
  for (const int8_t *end = weights + bytes; weights != end; weights += 4, column += 4) {
    const int32_t four = fl_load_word(weights), even = fl_even_bytes(four), odd = fl_odd_bytes(four);
    sums[0] = fl_pair_product_add(odd, column[2], fl_pair_product_add(even, column[0], sums[0]));
    sums[1] = fl_pair_product_add(odd, column[3], fl_pair_product_add(even, column[1], sums[1]));
  }
  return column;
}
#endif

/* Whole fours times one column or two. */
static __attribute__((noinline)) const int32_t *add_run(const fl_job *job, const int8_t *weights, int32_t bytes,
                                                        const int32_t *column, int32_t *sums) {
  if (job->count == 2) return add_to_two(weights, bytes, column, sums);
  int32_t sum = sums[0];
  for (const int8_t *end = weights + bytes; weights != end; weights += 4, column += 2) {
    const int32_t four = fl_load_word(weights);
    sum = fl_pair_product_add(fl_odd_bytes(four), column[1], fl_pair_product_add(fl_even_bytes(four), column[0], sum));
  }
  sums[0] = sum;
  return column;
}

/* One output or two of a channel with fl_scale; the bias is in the sums. */
static FL_INLINE void put_few(const fl_job *job, fl_scale by, int32_t sum, int32_t index) {
  const int32_t value = fl_scaled(sum, by), clamped = fl_saturated_byte(value);
  job->to.output[index] = (int8_t)clamped;
  if (clamped != value && job->to.mask != NULL) fl_mask_clear(job->to.mask, job->to.first + index);
}

/* One column or two of whole fours, the clamp of int8: all channels, up to the first without fl_scale, which is returned. */
static __attribute__((noinline)) int32_t few_columns(const fl_job *job) {
  const int32_t split = job->trained_inputs, outputs = job->outputs, depth = job->depth;
  const int8_t *trained = job->filter->trained, *fixed = job->filter->weights;
  int32_t channel = 0;
  for (; channel < outputs; channel++, trained += split, fixed += depth) {
    const int32_t multiplier = job->filter->multiplier[channel], shift = job->filter->shift[channel];
    if (!fl_has_scale(multiplier, shift)) break;
    const int32_t bias = fl_bias_of(job->filter, channel), *column = job->columns;
    int32_t sums[] = {bias, bias};
    if (split != 0) column = add_run(job, trained, split, column, sums);
    (void)add_run(job, fixed + split, depth - split, column, sums);
    const fl_scale by = fl_scale_of(multiplier, shift, job->range->output_zero);
    put_few(job, by, sums[0], channel);
    if (job->count == 2) put_few(job, by, sums[1], outputs + channel);
  }
  return channel;
}

#include "fl_small.h" /* from here on: once for a filter or for all */

/* The bias is in the sums. */
static void put_sums(const fl_job *job, const int32_t *sums, int32_t channel) {
  const int32_t multiplier = job->filter->multiplier[channel], shift = job->filter->shift[channel];
  if (fl_is_byte_range(job->range) && fl_has_scale(multiplier, shift)) {
    const fl_scale by = fl_scale_of(multiplier, shift, job->range->output_zero);
    for (int32_t p = 0, index = channel; p < job->count; p++, index += job->outputs) {
      const int32_t value = fl_scaled(sums[p], by), clamped = fl_saturated_byte(value);
      job->to.output[index] = (int8_t)clamped;
      if (clamped != value && job->to.mask != NULL) fl_mask_clear(job->to.mask, job->to.first + index);
    }
    return;
  }
  fl_output one = fl_output_of(job->filter, job->range, channel);
  one.bias = 0;
  for (int32_t p = 0; p < job->count; p++) fl_put(one, sums[p], job->to, p * job->outputs + channel);
}

/* Weights [from, from + 4) of a filter, zeros behind the last. */
static int32_t four_weights(const fl_job *job, const int8_t *trained, const int8_t *fixed, int32_t from) {
  const int32_t inputs = job->inputs, split = job->trained_inputs;
  uint32_t four = 0;
  int32_t tap = from / inputs, input = from - tap * inputs;
  if (input >= split && input + 4 <= inputs) return fl_load_word(fixed + from);
  for (int32_t i = 0; i < 4 && from + i < job->depth; i++) {
    const int8_t weight = input < split ? trained[tap * split + input] : fixed[from + i];
    four |= (uint32_t)(uint8_t)weight << (8 * i);
    if (++input == inputs) input = 0, tap++;
  }
  return (int32_t)four;
}

/* The last `rest` inputs, input by input. */
static void add_loose(uint32_t four, const int16_t *values, int32_t rest, int32_t count, int32_t *sums) {
  for (; rest > 0; rest--, four >>= 8) {
    const int32_t weight = (int8_t)(uint8_t)four;
    for (int32_t p = 0; p < count; p++) sums[p] = fl_wrapped_product_add(weight, *values++, sums[p]);
  }
}

static __attribute__((noinline)) void any_columns(const fl_job *job, int32_t is_even, int32_t done) {
  const int32_t count = job->count, depth = job->depth, split = job->trained_inputs;
  const int32_t trained_depth = depth / job->inputs * split;
  const int8_t *trained = job->filter->trained + done * trained_depth, *fixed = job->filter->weights + done * depth;
  for (int32_t channel = done; channel < job->outputs; channel++, fixed += depth) {
    const int32_t bias = fl_bias_of(job->filter, channel), *column = job->columns;
    int32_t sums[FL_COLUMNS] = {bias, bias, bias, bias}, from = 0;
    if (count <= 2 && is_even) {
      column = add_run(job, trained, split, column, sums);
      column = add_run(job, fixed + split, (depth & ~3) - split, column, sums);
      from = depth & ~3;
    }
    for (; from < depth; from += 4, column += 2 * count) {
      const int32_t four = four_weights(job, trained, fixed, from);
      if (from + 4 > depth && fl_has_loose_end(count, depth)) {
        add_loose((uint32_t)four, (const int16_t *)(const void *)column, depth - from, count, sums);
        break;
      }
      const int32_t even = fl_even_bytes(four), odd = fl_odd_bytes(four);
      for (int32_t p = 0; p < count; p++) {
        sums[p] = fl_pair_product_add(odd, column[count + p], fl_pair_product_add(even, column[p], sums[p]));
      }
    }
    put_sums(job, sums, channel);
    trained += trained_depth;
  }
}

/* Whole filters; `split` of them trained. */
static void four_columns(const fl_job *job, int32_t split) {
  const fl_filter *filter = job->filter;
  const int32_t depth = job->depth, fixed = depth - split, run = split != 0 ? split : depth & ~3;
  fl_four_job four; /* field by field: an initializer would clear it first */
  four.bias = filter->bias;
  four.channel = 0;
  four.columns = job->columns;
  four.sixteens = run & ~15;
  four.fours = run & 12;
  four.has_more = run != depth;
  four.multiplier = filter->multiplier;
  four.shift = filter->shift;
  four.zero = job->range->output_zero;
  four.output = job->to.output;
  four.outputs = job->outputs;
  four.weights = split != 0 ? filter->trained : filter->weights;
  four.frozen = filter->frozen;
  four.mask = job->to.mask;
  four.first = job->to.first;
  if (four.has_more) {
    four.rest = split != 0 ? 0 : depth & 3;
    four.unused_bits = 32 - 8 * (depth & 3);
    four.second = filter->weights + split;
    four.second_sixteens = fixed & ~15;
    four.second_fours = fixed & 12;
    four.second_step = split;
  }
  const int32_t is_plain = four.mask == NULL && four.frozen == NULL && !four.has_more;
  while (four.channel < four.outputs) {
    const fl_four_sums s = is_plain ? fl_four_columns(&four) : fl_four_any(&four);
    if (four.channel < four.outputs) put_sums(job, s.of, four.channel++);
  }
}

static void all_columns(const fl_job *job) {
  const int32_t split = job->trained_inputs, depth = job->depth;
  const int32_t is_even = split == 0 || (depth == job->inputs && split < depth && ((split | depth) & 3) == 0);
  const int32_t is_common = is_even && depth >= 4 && job->filter->bias != NULL && fl_is_byte_range(job->range);
  if (job->count == FL_COLUMNS && is_common) {
    four_columns(job, split);
    return;
  }
  const int32_t is_few = is_even && job->count <= 2 && (depth & 3) == 0 && fl_is_byte_range(job->range);
  const int32_t done = is_few ? few_columns(job) : 0;
  if (done < job->outputs) any_columns(job, is_even, done);
}

void fl_columns_s8(const int16_t *columns, int32_t count, int32_t depth, int32_t outputs, const fl_filter *filter,
                   const fl_range *range, const fl_sink *sink) {
  const fl_job job = {filter, range, *sink, (const int32_t *)(const void *)columns, count, depth, outputs, depth, 0};
  all_columns(&job);
}

void fl_split_columns_s8(const int16_t *columns, int32_t count, const fl_window *window, const fl_filter *filter,
                         const fl_range *range, const fl_sink *sink) {
  const int32_t inputs = window->in_channels, depth = window->kernel_height * window->kernel_width * inputs;
  const fl_job job = {filter, range, *sink, (const int32_t *)(const void *)columns, count, depth, window->out_channels,
                      inputs, filter->trained_inputs};
  all_columns(&job);
}

#endif
