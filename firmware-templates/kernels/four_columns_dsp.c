/*
 * Fourteen registers hold what the loop needs (sums s0 to s3, four words of columns p q r t, four weights as they lie in w and
 * widened in x, pointers weights, column and end, the job) if nothing else is kept in one; a compiler keeps more. So it is written
 * out in instructions.
 *
 * Upwards: FL_FOUR is four weights times four pixels in 13 instructions, FL_RUN weights that follow each other, by sixteens and by
 * fours; FL_FILTER all sums of one filter; FL_PUT what fl_scaled and the clamp are. From label 1, once for every filter, to 8; a
 * channel without fl_scale leaves at 9.
 */
#include "fl_kernels.h"
#if FL_DSP
#include <stddef.h>

#include "fl_dsp.h"
#include "fl_four_columns_dsp.h"
#include "fl_output.h"
#include "fl_scale_dsp.h"

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Where the fields of a job lie. */
#define FL_OF(field) "[%[job], #" FL_AT_##field "]"
#define FL_AT_bias "0"
#define FL_AT_channel "4"
#define FL_AT_columns "8"
#define FL_AT_fours "16"
#define FL_AT_has_more "20"
#define FL_AT_multiplier "24"
#define FL_AT_zero "32"
#define FL_AT_outputs "40"
#define FL_AT_weights "44"
#define FL_AT_frozen "48"
#define FL_AT_mask "52"
#define FL_AT_rest "60"
#define FL_AT_second "68"
#define FL_AT_second_fours "76"
#define FL_AT_second_step "80"
#define FL_CHECK(field, place) _Static_assert(offsetof(fl_four_job, field) == place, "FL_AT_" #field)
FL_CHECK(bias, 0);
FL_CHECK(channel, 4);
FL_CHECK(columns, 8);
FL_CHECK(fours, 16);
FL_CHECK(has_more, 20);
FL_CHECK(multiplier, 24);
FL_CHECK(zero, 32);
FL_CHECK(outputs, 40);
FL_CHECK(weights, 44);
FL_CHECK(frozen, 48);
FL_CHECK(mask, 52);
FL_CHECK(rest, 60);
FL_CHECK(second, 68);
FL_CHECK(second_fours, 76);
FL_CHECK(second_step, 80);
_Static_assert(FL_BIAS_FRACTION == 8, "FL_TRAINED_BIAS");

#define FL_PRODUCTS                                                                                                   \
  "smlad %[s0], %[x], %[p], %[s0]\n smlad %[s1], %[x], %[q], %[s1]\n"                                                 \
  "smlad %[s2], %[x], %[r], %[s2]\n smlad %[s3], %[x], %[t], %[s3]\n"
#define FL_COLUMN "ldmia %[column]!, {%[p], %[q], %[r], %[t]}\n" /* registers in ascending order only */
#define FL_WEIGHTS                                                                                                    \
  FL_COLUMN "sxtb16 %[x], %[w]\n" FL_PRODUCTS FL_COLUMN "sxtb16 %[x], %[w], ror #8\n" FL_PRODUCTS
#define FL_FOUR "ldr %[w], [%[weights]], #4\n" FL_WEIGHTS

/* `end` comes with the bytes of the sixteens. */
#define FL_RUN(fours)                                                                                                 \
  "cmp %[end], #0\n beq 3f\n add %[end], %[weights]\n"                                                                \
  "2:\n" FL_FOUR FL_FOUR FL_FOUR FL_FOUR "cmp %[weights], %[end]\n bne 2b\n"                                          \
  "3: ldr %[end], " FL_OF(fours) "\n cbz %[end], 5f\n add %[end], %[weights]\n"                                       \
  "4:\n" FL_FOUR "cmp %[weights], %[end]\n bne 4b\n"                                                                  \
  "5:\n"

/* N1: half a bias unit is rounded up, where the channel is not frozen. Takes channel in `end`. */
#define FL_TRAINED_BIAS                                                                                               \
  "ldr %[x], " FL_OF(frozen) "\n cmp %[x], #0\n beq 6f\n"                                                             \
  "lsr %[p], %[end], #3\n ldrb %[x], [%[x], %[p]]\n and %[p], %[end], #7\n lsr %[x], %[x], %[p]\n"                    \
  "lsls %[x], %[x], #31\n bmi 6f\n"                                                                                   \
  "asr %[s0], #7\n add %[s0], #1\n asr %[s0], #1\n"                                                                   \
  "6:\n"
#define FL_CONSTANT_BIAS ""

#define FL_NO_MORE ""
#define FL_MORE                                                                                                       \
  "ldr %[x], " FL_OF(has_more) "\n cmp %[x], #0\n beq 7f\n"                                                           \
  "ldrd %[w], %[x], " FL_OF(rest) "\n cmp %[w], #0\n beq 6f\n"                                                        \
  "add %[weights], %[w]\n ldr %[w], [%[weights], #-4]\n lsr %[w], %[w], %[x]\n" FL_WEIGHTS "b 7f\n"                   \
  "6: str %[weights], " FL_OF(weights) "\n ldrd %[weights], %[end], " FL_OF(second) "\n" FL_RUN(second_fours)         \
  "ldr %[x], " FL_OF(second_step) "\n add %[weights], %[x]\n str %[weights], " FL_OF(second) "\n"                     \
  "ldr %[weights], " FL_OF(weights) "\n"                                                                              \
  "7:\n"

#define FL_FILTER(bias_text, more_text)                                                                               \
  "1: ldrd %[x], %[end], " FL_OF(bias) "\n ldr %[s0], [%[x], %[end], lsl #2]\n" bias_text                             \
  "mov %[s1], %[s0]\n mov %[s2], %[s0]\n mov %[s3], %[s0]\n"                                                          \
  "ldrd %[column], %[end], " FL_OF(columns) "\n" FL_RUN(fours) more_text

#define FL_SCALED(s)                                                                                                  \
  "smmlar %[" s "], %[" s "], %[p], %[" s "]\n add %[" s "], %[" s "], %[" s "], asr #31\n"                           \
  "smmlsr %[" s "], %[" s "], %[q], %[r]\n"
#define FL_SCALE                                                                                                      \
  "ldr %[end], " FL_OF(channel) "\n ldrd %[p], %[q], " FL_OF(multiplier) "\n"                                         \
  "ldr %[p], [%[p], %[end], lsl #2]\n ldrsb %[q], [%[q], %[end]]\n"                                                   \
  "lsls %[p], %[p], #1\n ands %[r], %[p], %[q]\n bpl 9f\n"                                                            \
  "mvn %[q], %[q]\n mov %[r], #0x80000000\n asr %[q], %[r], %[q]\n ldrd %[r], %[t], " FL_OF(zero) "\n"                \
  FL_SCALED("s0") FL_SCALED("s1") FL_SCALED("s2") FL_SCALED("s3")

/* The bit of pixel 0 is `first` + channel; `further` adds those of the pixels before. */
#define FL_CLEAR(s, further)                                                                                          \
  "cmp %[x], %[" s "]\n beq 6f\n ldrd %[p], %[q], " FL_OF(mask) "\n cbz %[p], 6f\n"                                   \
  "add %[q], %[end]\n" further "and %[r], %[q], #7\n lsr %[q], %[q], #3\n mov %[column], #1\n"                        \
  "lsl %[column], %[column], %[r]\n ldrb %[x], [%[p], %[q]]\n bic %[x], %[column]\n strb %[x], [%[p], %[q]]\n"        \
  "6:\n"
#define FL_LEAVE(s, further) ""
#define FL_STORE(s, to, mask_text, further)                                                                           \
  "ssat %[x], #8, %[" s "]\n strb %[x], " to "\n" mask_text(s, further)
#define FL_STEP "add %[q], %[w]\n"
#define FL_TWO_STEPS "add %[q], %[q], %[w], lsl #1\n"
#define FL_PUT(mask_text)                                                                                             \
  "add %[t], %[end]\n ldr %[w], " FL_OF(outputs) "\n"                                                                 \
  FL_STORE("s0", "[%[t]]", mask_text, "")                                                                             \
  FL_STORE("s1", "[%[t], %[w]]", mask_text, FL_STEP)                                                                  \
  FL_STORE("s2", "[%[t], %[w], lsl #1]", mask_text, FL_TWO_STEPS)                                                     \
  "add %[t], %[w]\n" FL_STORE("s3", "[%[t], %[w], lsl #1]", mask_text, FL_STEP FL_TWO_STEPS)

#define FL_LOOP(name, bias_text, more_text, mask_text)                                                                \
  fl_four_sums name(fl_four_job *job) {                                                                               \
    const int8_t *weights = job->weights;                                                                             \
    int32_t s0, s1, s2, s3, w, x, column, end;                                                                        \
    register int32_t p __asm__("r4");                                                                                 \
    register int32_t q __asm__("r5");                                                                                 \
    register int32_t r __asm__("r6");                                                                                 \
    register int32_t t __asm__("r8");                                                                                 \
    __asm__ volatile(FL_FILTER(bias_text, more_text) FL_SCALE FL_PUT(mask_text)                                       \
                     "8: add %[end], #1\n str %[end], " FL_OF(channel) "\n cmp %[end], %[w]\n bne 1b\n"               \
                     "9: str %[weights], " FL_OF(weights) "\n"                                                        \
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), [p] "=&r"(p),                  \
                       [q] "=&r"(q), [r] "=&r"(r), [t] "=&r"(t), [w] "=&r"(w), [x] "=&r"(x),                          \
                       [column] "=&r"(column), [end] "=&l"(end), [weights] "+&r"(weights)                             \
                     : [job] "r"(job)                                                                                 \
                     : "memory", "cc");                                                                               \
    return (fl_four_sums){{s0, s1, s2, s3}};                                                                          \
  }
FL_LOOP(fl_four_columns, FL_CONSTANT_BIAS, FL_NO_MORE, FL_LEAVE)
FL_LOOP(fl_four_any, FL_TRAINED_BIAS, FL_MORE, FL_CLEAR)

#else

/* The same in C. */
static const int32_t *add_word(fl_four_sums *s, int32_t four, const int32_t *column) {
  const int32_t even = fl_even_bytes(four), odd = fl_odd_bytes(four);
  for (int32_t p = 0; p < 4; p++) {
    s->of[p] = fl_pair_product_add(odd, column[4 + p], fl_pair_product_add(even, column[p], s->of[p]));
  }
  return column + 8;
}

static const int32_t *add_run(fl_four_sums *s, const int8_t **weights, int32_t bytes, const int32_t *column) {
  for (const int8_t *end = *weights + bytes; *weights != end; *weights += 4) {
    column = add_word(s, fl_load_word(*weights), column);
  }
  return column;
}

static fl_four_sums filter_sums(fl_four_job *job, int32_t bias) {
  fl_four_sums s = {{bias, bias, bias, bias}};
  const int32_t *column = add_run(&s, &job->weights, job->sixteens + job->fours, job->columns);
  if (!job->has_more) return s;
  if (job->rest != 0) {
    job->weights += job->rest;
    (void)add_word(&s, (int32_t)((uint32_t)fl_load_word(job->weights - 4) >> job->unused_bits), column);
  } else {
    (void)add_run(&s, &job->second, job->second_sixteens + job->second_fours, column);
    job->second += job->second_step;
  }
  return s;
}

static void put(const fl_four_job *job, int32_t value, int32_t index) {
  const int32_t clamped = fl_saturated_byte(value);
  job->output[index] = (int8_t)clamped;
  if (clamped != value && job->mask != NULL) fl_mask_clear(job->mask, job->first + index);
}

fl_four_sums fl_four_any(fl_four_job *job) {
  const fl_filter biases = {.bias = job->bias, .frozen = job->frozen};
  fl_four_sums s = {{0, 0, 0, 0}};
  for (; job->channel < job->outputs; job->channel++) {
    const int32_t c = job->channel;
    s = filter_sums(job, fl_bias_of(&biases, c));
    if (!fl_has_scale(job->multiplier[c], job->shift[c])) break;
    const fl_scale by = fl_scale_of(job->multiplier[c], job->shift[c], job->zero);
    for (int32_t p = 0; p < 4; p++) put(job, fl_scaled(s.of[p], by), p * job->outputs + c);
  }
  return s;
}

fl_four_sums fl_four_columns(fl_four_job *job) { return fl_four_any(job); }
#endif

#endif
