#include "fl_kernels.h"
#if FL_DSP
#include "fl_update.h"

/* For maps of fewer than four pixels. */
void fl_update_two_outputs_plain(const fl_saved_input *saved, const fl_plane_pair *h, const fl_row_update *upper,
                                 const fl_row_update *lower, int16_t *scratch);

enum { GROUP = 4 };

/*
 * Four pixels of both planes after four of both: (0, 2), (1, 3) of the upper, then of the lower, as the bytes of x come out of
 * a word. Where the pixels are no multiple of four, `last` stands for the last four pixels, those that were met before being 0:
 * no byte behind a plane of x is read.
 */
static void pack_planes(const fl_plane_pair *h, int16_t *packed, int16_t *last) {
  const int32_t rest = h->pixels % GROUP;
  for (int32_t p = 0; p < h->pixels - rest; p += GROUP, packed += 2 * GROUP) {
    const int32_t first = fl_load_word(h->upper + p), second = fl_load_word(h->upper + p + 2);
    const int32_t third = fl_load_word(h->lower + p), fourth = fl_load_word(h->lower + p + 2);
    fl_store_word(packed, fl_low_halves(first, second));
    fl_store_word(packed + 2, fl_high_halves(first, second));
    fl_store_word(packed + 4, fl_low_halves(third, fourth));
    fl_store_word(packed + 6, fl_high_halves(third, fourth));
  }
  if (rest == 0) return;
  static const uint8_t place[GROUP] = {0, 2, 1, 3};
  for (int32_t i = 0; i < GROUP; i++) {
    const int32_t is_new = i >= GROUP - rest;
    last[place[i]] = is_new ? h->upper[h->pixels - GROUP + i] : (int16_t)0;
    last[GROUP + place[i]] = is_new ? h->lower[h->pixels - GROUP + i] : (int16_t)0;
  }
}

static FL_INLINE fl_tile add_group(fl_tile t, const int16_t *h, const int8_t *left, const int8_t *right) {
  const int32_t upper_even = fl_load_word(h), upper_odd = fl_load_word(h + 2);
  const int32_t lower_even = fl_load_word(h + 4), lower_odd = fl_load_word(h + 6);
  const int32_t a = fl_load_word(left), b = fl_load_word(right);
  const int32_t a_even = fl_even_bytes(a), a_odd = fl_odd_bytes(a);
  t.upper_left = fl_pair_product_add(upper_even, a_even, t.upper_left);
  t.lower_left = fl_pair_product_add(lower_even, a_even, t.lower_left);
  t.upper_left = fl_pair_product_add(upper_odd, a_odd, t.upper_left);
  t.lower_left = fl_pair_product_add(lower_odd, a_odd, t.lower_left);
  const int32_t b_even = fl_even_bytes(b), b_odd = fl_odd_bytes(b);
  t.upper_right = fl_pair_product_add(upper_even, b_even, t.upper_right);
  t.lower_right = fl_pair_product_add(lower_even, b_even, t.lower_right);
  t.upper_right = fl_pair_product_add(upper_odd, b_odd, t.upper_right);
  t.lower_right = fl_pair_product_add(lower_odd, b_odd, t.lower_right);
  return t;
}

static FL_INLINE fl_tile tile_of(const int16_t *packed, const int16_t *last, int32_t pixels, const int8_t *left, const int8_t *right) {
  const int8_t *l = left, *r = right;
  fl_tile t = {0, 0, 0, 0};
  for (int32_t pairs = pixels / (2 * GROUP); pairs > 0; pairs--) {
    t = add_group(t, packed, l, r);
    t = add_group(t, packed + 2 * GROUP, l + GROUP, r + GROUP);
    packed += 4 * GROUP;
    l += 2 * GROUP;
    r += 2 * GROUP;
    FL_KEEP(packed);
    FL_KEEP(l);
    FL_KEEP(r);
  }
  if ((pixels & GROUP) != 0) t = add_group(t, packed, l, r);
  if (pixels % GROUP == 0) return t;
  return add_group(t, last, left + pixels - GROUP, right + pixels - GROUP);
}

/* Not inlined: the tiles need all registers. */
static __attribute__((noinline)) void move_two(const fl_row_update *row, int32_t at, int32_t first, int32_t second) {
  if (row->weights != NULL) fl_move_two(row, at, first, second);
}

void fl_update_two_outputs(const fl_saved_input *saved, const fl_plane_pair *h, const fl_row_update *upper,
                           const fl_row_update *lower, int16_t *scratch) {
  const int32_t pixels = h->pixels;
  if (pixels < GROUP) {
    fl_update_two_outputs_plain(saved, h, upper, lower, scratch);
    return;
  }
  const int32_t upper_zero = saved->zero * fl_plane_sum(h->upper, pixels);
  const int32_t lower_zero = saved->zero * fl_plane_sum(h->lower, pixels);
  int16_t last[2 * GROUP];
  pack_planes(h, scratch, last);
  const int8_t *plane = saved->planes;
  int32_t i = 0;
  for (; i + 1 < saved->channels; i += 2, plane += 2 * pixels) {
    const fl_tile t = tile_of(scratch, last, pixels, plane, plane + pixels);
    move_two(upper, i, t.upper_left - upper_zero, t.upper_right - upper_zero);
    move_two(lower, i, t.lower_left - lower_zero, t.lower_right - lower_zero);
  }
  if (i == saved->channels) return;
  const fl_tile t = tile_of(scratch, last, pixels, plane, plane);
  if (upper->weights != NULL) fl_move_one(upper, i, t.upper_left - upper_zero);
  if (lower->weights != NULL) fl_move_one(lower, i, t.lower_left - lower_zero);
}

#endif
