#include "fl_kernels.h"
#if FL_DSP_GRADIENTS
#include "fl_update.h"

/* For maps of fewer than four pixels. */
void fl_update_two_outputs_plain(const fl_saved_input *saved, const fl_plane_pair *h, const fl_row_update *upper,
                                 const fl_row_update *lower, int16_t *scratch);

enum { GROUP = 4, PACKED = 2 * GROUP, INPUTS = 4 };

/*
 * Planes of h as tiles read them: for every four pixels (0, 2) of the upper, of the lower, (1, 3) of the upper, of the lower, as
 * the bytes of x come out of a word. Where the pixels are no multiple of four, `last` stands for the last four pixels, those
 * that were met before being 0: no byte behind a plane of x is read.
 */
typedef struct {
  const int16_t *begin, *end;
  int32_t rest; /* pixels behind the last whole four */
  int16_t last[PACKED];
  int32_t upper_zero, lower_zero; /* zero point times the sums of the planes */
} fl_packed_planes;

/* Packs four pixels, and adds them to the sums of the planes. */
static FL_INLINE void pack_four(const int16_t *upper, const int16_t *lower, int16_t *packed, int32_t *upper_sum,
                                int32_t *lower_sum) {
  const int32_t ones = 0x10001;
  const int32_t first = fl_load_word(upper), second = fl_load_word(upper + 2);
  const int32_t third = fl_load_word(lower), fourth = fl_load_word(lower + 2);
  fl_store_word(packed, fl_low_halves(first, second));
  fl_store_word(packed + 2, fl_low_halves(third, fourth));
  fl_store_word(packed + 4, fl_high_halves(first, second));
  fl_store_word(packed + 6, fl_high_halves(third, fourth));
  *upper_sum = fl_pair_product_add(second, ones, fl_pair_product_add(first, ones, *upper_sum));
  *lower_sum = fl_pair_product_add(fourth, ones, fl_pair_product_add(third, ones, *lower_sum));
}

/* The last four pixels, of which `rest` are new. */
static void take_last(const fl_plane_pair *h, int32_t rest, int16_t *upper, int16_t *lower) {
  for (int32_t i = 0; i < GROUP; i++) {
    const int32_t is_new = i >= GROUP - rest;
    upper[i] = is_new ? h->upper[h->pixels - GROUP + i] : (int16_t)0;
    lower[i] = is_new ? h->lower[h->pixels - GROUP + i] : (int16_t)0;
  }
}

static void pack_planes(const fl_plane_pair *h, int32_t zero, int16_t *scratch, fl_packed_planes *packed) {
  const int32_t rest = h->pixels % GROUP, whole = h->pixels - rest;
  int32_t upper_sum = 0, lower_sum = 0;
  int16_t *to = scratch;
  for (int32_t p = 0; p < whole; p += GROUP, to += PACKED) {
    pack_four(h->upper + p, h->lower + p, to, &upper_sum, &lower_sum);
  }
  if (rest != 0) {
    int16_t upper[GROUP], lower[GROUP];
    take_last(h, rest, upper, lower);
    pack_four(upper, lower, packed->last, &upper_sum, &lower_sum);
  }
  packed->begin = scratch;
  packed->end = to;
  packed->rest = rest;
  packed->upper_zero = zero * upper_sum;
  packed->lower_zero = zero * lower_sum;
}

/* A place in two planes of x. */
typedef struct {
  const int8_t *left, *right;
} fl_input_pair;

/* All groups from `h` to `end`, at least one; the places go on with them. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Sums, a group of h, a word of x and half of it, and the pointers are all registers there are: so it is written out. */
#define FL_GROUP                                                                  \
  "ldmia %[h]!, {%[a], %[b], %[c], %[d]}\n"                                       \
  "ldr %[word], [%[left]], #4\n"                                                  \
  "sxtb16 %[half], %[word]\n"                                                     \
  "smlad %[ul], %[a], %[half], %[ul]\n smlad %[ll], %[b], %[half], %[ll]\n"       \
  "sxtb16 %[half], %[word], ror #8\n"                                             \
  "ldr %[word], [%[right]], #4\n"                                                 \
  "smlad %[ul], %[c], %[half], %[ul]\n smlad %[ll], %[d], %[half], %[ll]\n"       \
  "sxtb16 %[half], %[word]\n"                                                     \
  "smlad %[ur], %[a], %[half], %[ur]\n smlad %[lr], %[b], %[half], %[lr]\n"       \
  "sxtb16 %[half], %[word], ror #8\n"                                             \
  "smlad %[ur], %[c], %[half], %[ur]\n smlad %[lr], %[d], %[half], %[lr]\n"
/* Two groups a turn, entered in the middle where their number is odd: the bit of 16 bytes of h. */
#define FL_GROUPS                                                                 \
  "sub %[half], %[end], %[h]\n lsls %[half], %[half], #27\n bmi 2f\n"            \
  "1:\n" FL_GROUP "2:\n" FL_GROUP "cmp %[h], %[end]\n bne 1b\n"
#define FL_ADD(name, text)                                                                                              \
  static FL_INLINE fl_tile name(fl_tile t, const int16_t *h, const int16_t *end, fl_input_pair *x) {                    \
    register int32_t a __asm__("r4");                                                                                   \
    register int32_t b __asm__("r5");                                                                                   \
    register int32_t c __asm__("r6");                                                                                   \
    register int32_t d __asm__("r7");                                                                                   \
    int32_t word, half;                                                                                                 \
    const int8_t *left = x->left, *right = x->right;                                                                    \
    __asm__ volatile(text                                                                                               \
                     : [ul] "+r"(t.upper_left), [ll] "+r"(t.lower_left), [ur] "+r"(t.upper_right),                      \
                       [lr] "+r"(t.lower_right), [h] "+r"(h), [left] "+r"(left), [right] "+r"(right), [a] "=&r"(a),     \
                       [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d), [word] "=&r"(word), [half] "=&r"(half)                 \
                     : [end] "r"(end)                                                                                   \
                     : "memory", "cc");                                                                                 \
    *x = (fl_input_pair){left, right};                                                                                  \
    return t;                                                                                                           \
  }
FL_ADD(add_group, FL_GROUP)
FL_ADD(add_groups, FL_GROUPS)
#undef FL_ADD
#undef FL_GROUPS
#undef FL_GROUP
#else
static int32_t add_two_pairs(const int16_t *h, int32_t x, int32_t sum) {
  sum = fl_pair_product_add(fl_load_word(h), fl_even_bytes(x), sum);
  return fl_pair_product_add(fl_load_word(h + GROUP), fl_odd_bytes(x), sum);
}

static fl_tile add_groups(fl_tile t, const int16_t *h, const int16_t *end, fl_input_pair *x) {
  for (; h != end; h += PACKED) {
    const int32_t left = fl_load_word(x->left), right = fl_load_word(x->right);
    t.upper_left = add_two_pairs(h, left, t.upper_left);
    t.lower_left = add_two_pairs(h + 2, left, t.lower_left);
    t.upper_right = add_two_pairs(h, right, t.upper_right);
    t.lower_right = add_two_pairs(h + 2, right, t.lower_right);
    *x = (fl_input_pair){x->left + GROUP, x->right + GROUP};
  }
  return t;
}

/* One group. */
static fl_tile add_group(fl_tile t, const int16_t *h, const int16_t *end, fl_input_pair *x) { return add_groups(t, h, end, x); }
#endif

/* Gradients of two outputs' weights for two inputs, whose planes may be one and the same. */
static __attribute__((noinline)) void sum_tile(const fl_packed_planes *packed, const int8_t *left, const int8_t *right,
                                               int32_t *of_upper, int32_t *of_lower) {
  fl_input_pair x = {left, right};
  fl_tile t = {-packed->upper_zero, -packed->upper_zero, -packed->lower_zero, -packed->lower_zero};
  t = add_groups(t, packed->begin, packed->end, &x);
  if (packed->rest != 0) {
    const int32_t back = GROUP - packed->rest;
    x = (fl_input_pair){x.left - back, x.right - back};
    t = add_group(t, packed->last, packed->last + PACKED, &x);
  }
  of_upper[0] = t.upper_left;
  of_upper[1] = t.upper_right;
  of_lower[0] = t.lower_left;
  of_lower[1] = t.lower_right;
}

/* Four bytes, each clamped to -STEPS..STEPS (N7): saturation at 127 and at -128, moved there and back. */
enum { STEPS = 8, EACH_BYTE = 0x01010101 };

static FL_INLINE int32_t clipped_moves(int32_t moves) {
  const int32_t to_top = (127 - STEPS) * EACH_BYTE, to_bottom = (128 - STEPS) * EACH_BYTE;
  const int32_t down = fl_saturated_byte_differences(fl_saturated_byte_sums(moves, to_top), to_top);
  return fl_saturated_byte_sums(fl_saturated_byte_differences(down, to_bottom), to_bottom);
}

/* Of four weights that follow each other. */
typedef struct {
  int32_t first, second, third, fourth;
} fl_four;

/* Halves are what is left of random numbers less steps: how far four weights move. */
static FL_INLINE int32_t moves_of(uint32_t upper, uint32_t lower, fl_four steps) {
  const int32_t first = (int32_t)(upper & 0xffffu) - steps.first, second = (int32_t)(upper >> 16) - steps.second;
  const int32_t third = (int32_t)(lower & 0xffffu) - steps.third, fourth = (int32_t)(lower >> 16) - steps.fourth;
  const int32_t even = fl_saturated_bytes(fl_high_halves(first, third));
  const int32_t odd = fl_saturated_bytes(fl_high_halves(second, fourth));
  return clipped_moves(fl_low_bytes(even) | (int32_t)((uint32_t)fl_low_bytes(odd) << 8));
}

/*
 * Four weights of a row from an even canonical index on (N8: two words of random bits): how far each moves is a byte, so that
 * all are moved at once. Clipping the move, (r - D) >> 16, to 8 is the same as clipping D to 8 * 65536, because 0 <= r < 65536.
 */
static __attribute__((noinline)) void move_four(const fl_row_update *row, int32_t at, const int32_t *g) {
  const uint32_t word = row->key + ((row->canonical + (uint32_t)at) >> 1);
  const uint32_t upper = fl_hash(word), lower = fl_hash(word + 1);
  fl_four steps;
  FL_LOAD_TWO_ON(steps.first, steps.second, g);
  FL_LOAD_TWO(steps.third, steps.fourth, g);
  if (row->left == 0) {
    steps = (fl_four){fl_right_step(row, steps.first), fl_right_step(row, steps.second), fl_right_step(row, steps.third),
                      fl_right_step(row, steps.fourth)};
  } else {
    steps = (fl_four){fl_left_step(row, steps.first), fl_left_step(row, steps.second), fl_left_step(row, steps.third),
                      fl_left_step(row, steps.fourth)};
  }
  int8_t *const weights = row->weights + at;
  const int32_t moved = fl_saturated_byte_sums(fl_load_word(weights), moves_of(upper, lower, steps));
  /* -128 becomes -127. */
  fl_store_word(weights, fl_saturated_byte_sums(fl_saturated_byte_differences(moved, EACH_BYTE), EACH_BYTE));
}

static __attribute__((noinline)) void move_twice_two(const fl_row_update *row, int32_t at, const int32_t *gradients) {
  fl_move_two(row, at, gradients[0], gradients[1]);
  fl_move_two(row, at + 2, gradients[2], gradients[3]);
}

static FL_INLINE void move_some(const fl_row_update *row, int32_t at, const int32_t *gradients) {
  if (row->weights == NULL) return;
  if ((row->canonical & 1u) == 0) move_four(row, at, gradients);
  else move_twice_two(row, at, gradients);
}

/* One or two inputs behind the last four. */
static void move_last(const fl_saved_input *saved, const fl_packed_planes *packed, int32_t pixels, int32_t at,
                      const fl_row_update *upper, const fl_row_update *lower) {
  const int32_t is_pair = at + 1 < saved->channels;
  const int8_t *plane = saved->planes + at * pixels;
  int32_t of_upper[2], of_lower[2];
  sum_tile(packed, plane, is_pair ? plane + pixels : plane, of_upper, of_lower);
  fl_move_tile(upper, lower, at, is_pair, (fl_tile){of_upper[0], of_upper[1], of_lower[0], of_lower[1]});
}

void fl_update_two_outputs(const fl_saved_input *saved, const fl_plane_pair *h, const fl_row_update *upper,
                           const fl_row_update *lower, int16_t *scratch) {
  const int32_t pixels = h->pixels;
  if (pixels < GROUP) {
    fl_update_two_outputs_plain(saved, h, upper, lower, scratch);
    return;
  }
  fl_packed_planes packed;
  pack_planes(h, saved->zero, scratch, &packed);
  int32_t at = 0;
  for (const int8_t *plane = saved->planes; at + INPUTS <= saved->channels; at += INPUTS, plane += INPUTS * pixels) {
    int32_t of_upper[INPUTS], of_lower[INPUTS];
    sum_tile(&packed, plane, plane + pixels, of_upper, of_lower);
    sum_tile(&packed, plane + 2 * pixels, plane + 3 * pixels, of_upper + 2, of_lower + 2);
    move_some(upper, at, of_upper);
    move_some(lower, at, of_lower);
  }
  for (; at < saved->channels; at += 2) move_last(saved, &packed, pixels, at, upper, lower);
}

#endif
