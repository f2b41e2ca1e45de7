#include "fl_dsp.h"
#include "fl_dsp_kernels.h"

/* Fours of bytes up to `end` of the first pixel; returns the end of the columns. */
static FL_INLINE int32_t *widen_any(const int8_t *input, const int8_t *end, int32_t pixels, int32_t depth, int32_t *columns) {
  for (; input != end; input += 4, columns += 2 * pixels) {
    for (int32_t p = 0; p < pixels; p++) {
      const int32_t four = fl_load_word(input + p * depth);
      columns[p] = fl_even_bytes(four);
      columns[pixels + p] = fl_odd_bytes(four);
    }
  }
  return columns;
}

/* Three pixels: six words are stored by one instruction, which takes registers in ascending order only. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
static FL_INLINE int32_t *widen_three(const int8_t *input, const int8_t *end, int32_t depth, int32_t *columns) {
  register int32_t a __asm__("r4");
  register int32_t b __asm__("r5");
  register int32_t c __asm__("r6");
  register int32_t d __asm__("r8");
  register int32_t e __asm__("r9");
  register int32_t f __asm__("r10");
  if (input == end) return columns;
  __asm__ volatile(
      "1: ldr %[b], [%[input], %[depth]]\n ldr %[c], [%[input], %[depth], lsl #1]\n ldr %[a], [%[input]], #4\n"
      "sxtb16 %[d], %[a], ror #8\n sxtb16 %[a], %[a]\n"
      "sxtb16 %[e], %[b], ror #8\n sxtb16 %[b], %[b]\n"
      "sxtb16 %[f], %[c], ror #8\n sxtb16 %[c], %[c]\n"
      "stmia %[columns]!, {%[a], %[b], %[c], %[d], %[e], %[f]}\n"
      "cmp %[input], %[end]\n bne 1b\n"
      : [input] "+&r"(input), [columns] "+&r"(columns), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d),
        [e] "=&r"(e), [f] "=&r"(f)
      : [depth] "r"(depth), [end] "r"(end)
      : "memory", "cc");
  return columns;
}
#else
static int32_t *widen_three(const int8_t *input, const int8_t *end, int32_t depth, int32_t *columns) {
  return widen_any(input, end, 3, depth, columns);
}
#endif

/* The last 1 to 3 bytes of every pixel, with zeros behind them. */
static __attribute__((noinline)) void widen_last(const int8_t *input, int32_t pixels, int32_t depth, int32_t *columns) {
  for (int32_t p = 0; p < pixels; p++) {
    uint32_t four = 0;
    for (int32_t i = 0; i < (depth & 3); i++) four |= (uint32_t)(uint8_t)input[p * depth + i] << (8 * i);
    columns[p] = fl_even_bytes((int32_t)four);
    columns[pixels + p] = fl_odd_bytes((int32_t)four);
  }
}

void fl_widen_dsp(const int8_t *input, int32_t pixels, int32_t depth, int16_t *columns) {
  int32_t *words = (int32_t *)(void *)columns;
  const int8_t *end = input + (depth & ~3);
  switch (pixels) {
    case 1: words = widen_any(input, end, 1, depth, words); break;
    case 2: words = widen_any(input, end, 2, depth, words); break;
    default: words = widen_three(input, end, depth, words); break;
  }
  if ((depth & 7) == 0) return;
  if ((depth & 3) != 0) {
    widen_last(end, pixels, depth, words);
    words += 2 * pixels;
  }
  if (((depth + 3) & 4) == 0) return;
  for (int32_t p = 0; p < 2 * pixels; p++) words[p] = 0;
}
