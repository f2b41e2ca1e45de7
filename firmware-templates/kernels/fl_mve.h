/*
 * What the kernels for the vector instructions of Cortex-M55 and M85 (MVE, "Helium", its integer half) share: sums of
 * products of bytes, and how four sums become outputs. Header only. RAM: none.
 *
 * To be included where FL_HAS_MVE says that there are such instructions: these kernels exist nowhere else.
 *
 * Loops over bytes are written out as loops with tail predication (dlstp .. letp): the last turn works on as many lanes as
 * there are bytes left, which no compiler that is used here makes of intrinsics. Sums take registers of even number, because
 * the instruction does.
 */
#ifndef FL_MVE_H
#define FL_MVE_H

#if defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#define FL_HAS_MVE 1
#else
#define FL_HAS_MVE 0
#endif

#if FL_HAS_MVE

#include <arm_mve.h>
#include <stdint.h>

#include "fl_mve_kernels.h"

#ifndef FL_INLINE
#define FL_INLINE inline __attribute__((always_inline))
#endif

enum { FL_MVE_LANES = 4, FL_MVE_BYTES = 16 };

/* Sums of four outputs for each of two runs of inputs. */
typedef struct {
  int32x4_t first, second;
} fl_mve_sums;

/* Two runs of inputs, x and y, and the weights of two outputs, u and v, a vector of each at a time. */
#define FL_TWO_BY_TWO                                                                                       \
  "movs %[a], #0\n movs %[b], #0\n movs %[c], #0\n movs %[d], #0\n"                                         \
  "mov %[x], %[inputs]\n add %[y], %[inputs], %[count]\n add %[v], %[u], %[count]\n"                        \
  "dlstp.8 lr, %[count]\n"                                                                                  \
  "1:\n"                                                                                                    \
  "vldrb.8 %q[first], [%[x]], #16\n vldrb.8 %q[p], [%[u]], #16\n vmladava.s8 %[a], %q[first], %q[p]\n"      \
  "vldrb.8 %q[q], [%[v]], #16\n vmladava.s8 %[b], %q[first], %q[q]\n"                                       \
  "vldrb.8 %q[first], [%[y]], #16\n vmladava.s8 %[c], %q[first], %q[p]\n"                                   \
  "vmladava.s8 %[d], %q[first], %q[q]\n"                                                                    \
  "letp lr, 1b\n"

/* The products of two runs of inputs, one behind the other, with four of weights, `count` > 0 bytes each. */
static FL_INLINE fl_mve_sums fl_two_by_four(const int8_t *inputs, const int8_t *weights, int32_t count) {
  int32_t a, b, c, d;
  const int8_t *x, *y, *u, *v;
  int8x16_t p, q, first;
  fl_mve_sums sums;
  __asm__("mov %[u], %[weights]\n" FL_TWO_BY_TWO
          "vmov %e[one], %[a], %[b]\n vmov %e[two], %[c], %[d]\n"
          "add %[u], %[weights], %[count], lsl #1\n" FL_TWO_BY_TWO
          "vmov %f[one], %[a], %[b]\n vmov %f[two], %[c], %[d]\n"
          : [a] "=&Te"(a), [b] "=&Te"(b), [c] "=&Te"(c), [d] "=&Te"(d), [x] "=&r"(x), [y] "=&r"(y), [u] "=&r"(u),
            [v] "=&r"(v), [p] "=&w"(p), [q] "=&w"(q), [first] "=&w"(first), [one] "=&w"(sums.first),
            [two] "=&w"(sums.second)
          : [inputs] "r"(inputs), [weights] "r"(weights), [count] "r"(count)
          : "lr", "cc", "memory");
  return sums;
}

/* One run of inputs and the weights of four outputs. Sums start from 0. */
static FL_INLINE int32x4_t fl_one_by_four(const int8_t *input, const int8_t *const weights[FL_MVE_LANES], int32_t count) {
  const int8_t *w0 = weights[0], *w1 = weights[1], *w2 = weights[2], *w3 = weights[3];
  int32_t a = 0, b = 0, c = 0, d = 0;
  int8x16_t x, w;
  int32x4_t sums;
  __asm__("dlstp.8 lr, %[count]\n"
          "1:\n"
          "vldrb.8 %q[x], [%[input]], #16\n"
          "vldrb.8 %q[w], [%[w0]], #16\n vmladava.s8 %[a], %q[x], %q[w]\n"
          "vldrb.8 %q[w], [%[w1]], #16\n vmladava.s8 %[b], %q[x], %q[w]\n"
          "vldrb.8 %q[w], [%[w2]], #16\n vmladava.s8 %[c], %q[x], %q[w]\n"
          "vldrb.8 %q[w], [%[w3]], #16\n vmladava.s8 %[d], %q[x], %q[w]\n"
          "letp lr, 1b\n"
          "vmov %e[sums], %[a], %[b]\n vmov %f[sums], %[c], %[d]\n"
          : [a] "+&Te"(a), [b] "+&Te"(b), [c] "+&Te"(c), [d] "+&Te"(d), [input] "+&r"(input), [w0] "+&r"(w0),
            [w1] "+&r"(w1), [w2] "+&r"(w2), [w3] "+&r"(w3), [x] "=&w"(x), [w] "=&w"(w), [sums] "=&w"(sums)
          : [count] "r"(count)
          : "lr", "memory");
  return sums;
}

/* Four numbers as a vector. */
static FL_INLINE int32x4_t fl_four_lanes(int32_t a, int32_t b, int32_t c, int32_t d) {
  int32x4_t four;
  __asm__("vmov %e[four], %[a], %[b]\n vmov %f[four], %[c], %[d]\n"
          : [four] "=&w"(four)
          : [a] "r"(a), [b] "r"(b), [c] "r"(c), [d] "r"(d));
  return four;
}

/* Copies `count` >= 0 bytes, upwards. */
static FL_INLINE int8_t *fl_mve_copy(const int8_t *from, int32_t count, int8_t *to) {
  int8_t *at = to;
  int8x16_t some;
  __asm__ volatile("wlstp.8 lr, %[count], 2f\n"
                   "1:\n vldrb.8 %q[some], [%[from]], #16\n vstrb.8 %q[some], [%[at]], #16\n letp lr, 1b\n"
                   "2:\n"
                   : [from] "+&r"(from), [at] "+&r"(at), [some] "=&w"(some)
                   : [count] "r"(count)
                   : "lr", "memory");
  return to + count;
}

static FL_INLINE int8_t *fl_mve_fill(int8_t value, int32_t count, int8_t *to) {
  const int8x16_t all = vdupq_n_s8(value);
  int8_t *at = to;
  __asm__ volatile("wlstp.8 lr, %[count], 2f\n"
                   "1:\n vstrb.8 %q[all], [%[at]], #16\n letp lr, 1b\n"
                   "2:\n"
                   : [at] "+&r"(at)
                   : [all] "w"(all), [count] "r"(count)
                   : "lr", "memory");
  return to + count;
}

/*
 * MBQM of N2 for shifts below 0 (to the right), the zero point not yet added. vqrdmulh is SRDHM where the multiplier is not
 * -2^31: (2ab + 2^31) >> 32 is (ab + 2^30) >> 31. vrshl rounds halves up, without overflow: of negatives one is taken first,
 * which makes that halves away from zero.
 */
static FL_INLINE int32x4_t fl_mve_scaled(int32x4_t sums, int32x4_t multiplier, int32x4_t shift) {
  const int32x4_t product = vqrdmulhq_s32(sums, multiplier);
  return vrshlq_s32(vaddq_s32(product, vshrq_n_s32(product, 31)), shift);
}

/* Clamped to int8: the low byte of each lane. The others are what they are. */
static FL_INLINE int32x4_t fl_mve_saturated(int32x4_t values) {
  __asm__("vqmovnb.s32 %q[values], %q[values]\n vqmovnb.s16 %q[values], %q[values]\n" : [values] "+w"(values));
  return values;
}

static FL_INLINE int32x4_t fl_mve_clamped(int32x4_t values, int32x4_t low, int32x4_t high) {
  return vminq_s32(vmaxq_s32(values, low), high);
}

#endif
#endif
