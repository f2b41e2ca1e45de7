/*
 * The plain kernel's way: input rows are spread out of the HWC map into a ring of zero-bordered int16 rows (x - zero). One channel at
 * a time in the scratch of the plain kernel; where there is scratch for four, four: they share the reading of the map.
 */
#include "fl_kernels.h"
#if FL_DSP
#include <stddef.h>

#include "fl_mask_fill.h"
#include "fl_output.h"
#include "fl_rows.h"
#include "fl_scale_dsp.h"
#include "fl_taps_dsp.h"

void fl_depthwise_conv2d_plain(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                               uint8_t *mask, int16_t *scratch);

enum { MOST_TAPS = 7, MOST_CHANNELS = 4 };

/* The input rows that lie under the kernel: a ring for each of the channels. */
typedef struct {
  int16_t *rows, *end; /* of the first channel */
  int32_t size;        /* elements from one channel's ring to the next */
  int32_t channels;    /* 1 or 4 */
  int32_t width;  /* elements of a row: all that the kernel touches */
  int32_t pixels; /* of them, what comes from the map */
  int32_t lower;  /* the zero point's negative, twice in a word */
  int32_t next;   /* the row to come, counted from the first that a kernel touches, above the map */
  int16_t *slot;  /* where it comes to, behind the left border */
  const int8_t *source; /* the row of the map that comes next, at the channel */
  int32_t source_rows;  /* that follow it in memory, itself included */
} fl_ring;

/* A channel, and where its outputs go. */
typedef struct {
  int32_t bias;
  fl_scale scale;
  int32_t step;    /* from one output to the next */
  int32_t outputs; /* of a row */
  int32_t weights[MOST_TAPS * ((MOST_TAPS + 1) / 2)];
} fl_channel;

/* Taps two by two, rows of 3x3 as (w0, w1), (w1, w2). */
static void widen_three(const int8_t *from, int32_t *to) {
#pragma GCC unroll 3
  for (int32_t row = 0; row < 3; row++, from += 3, to += 2) {
    const int32_t middle = from[1];
    to[0] = fl_low_halves(from[0], middle);
    to[1] = fl_low_halves(middle, from[2]);
  }
}

static void widen_rows(const int8_t *from, int32_t height, int32_t width, int32_t *to) {
  for (; height > 0; height--, from += width) {
    for (int32_t x = 0; x + 1 < width; x += 2) *to++ = fl_low_halves(from[x], from[x + 1]);
    if ((width & 1) != 0) *to++ = from[width - 1];
  }
}


static __attribute__((noinline)) void take_row(const int8_t *values, int32_t step, int32_t pixels, int32_t lower,
                                               int16_t *row) {
  for (; pixels >= 4; pixels -= 4, row += 4) {
    const int32_t a = values[0], b = values[step], c = values[2 * step], d = values[3 * step];
    fl_store_word(row, fl_pair_sum(fl_low_halves(a, b), lower));
    fl_store_word(row + 2, fl_pair_sum(fl_low_halves(c, d), lower));
    values += 4 * step;
  }
  for (; pixels > 0; pixels--, values += step) *row++ = (int16_t)(*values + lower);
}

/* Four channels: two pixels at a time. */
static __attribute__((noinline)) void take_four(const int8_t *values, int32_t step, int32_t pixels, int32_t lower, int16_t *row,
                                                int32_t size) {
  int16_t *second = row + size, *third = second + size, *fourth = third + size;
  for (; pixels >= 2; pixels -= 2) {
    const int32_t a = fl_load_word(values), b = fl_load_word(values + step);
    const int32_t low = fl_low_halves(a, b), high = fl_high_halves(a, b);
    values += 2 * step;
    fl_store_word(row, fl_even_bytes_add(low, lower));
    fl_store_word(second, fl_odd_bytes_add(low, lower));
    fl_store_word(third, fl_even_bytes_add(high, lower));
    fl_store_word(fourth, fl_odd_bytes_add(high, lower));
    row += 2;
    second += 2;
    third += 2;
    fourth += 2;
  }
  if (pixels == 0) return;
  *row = (int16_t)(values[0] + lower);
  *second = (int16_t)(values[1] + lower);
  *third = (int16_t)(values[2] + lower);
  *fourth = (int16_t)(values[3] + lower);
}

static void clear_row(const fl_ring *ring) {
  for (int32_t c = 0; c < ring->channels; c++) {
    for (int32_t x = 0; x < ring->pixels; x++) ring->slot[c * ring->size + x] = 0;
  }
}

/* Rows up to `end`; those above and below the map become zeros where they are met (`has_zeros`). */
static void load_rows(const fl_window *w, const fl_band *band, int32_t end, int32_t has_zeros, fl_ring *ring) {
  const int32_t step = w->in_channels, row_elements = w->in_width * step;
  for (; ring->next < end; ring->next++) {
    if ((uint32_t)(ring->next - w->pad_top) < (uint32_t)w->in_height) {
      if (ring->channels == 1) {
        take_row(ring->source, step, ring->pixels, ring->lower, ring->slot);
      } else {
        take_four(ring->source, step, ring->pixels, ring->lower, ring->slot, ring->size);
      }
      ring->source += row_elements;
      if (--ring->source_rows == 0) {
        ring->source_rows = band->input_rows;
        ring->source -= band->input_rows * row_elements;
      }
    } else if (has_zeros) {
      clear_row(ring);
    }
    ring->slot += ring->width;
    if (ring->slot >= ring->end) ring->slot -= ring->end - ring->rows;
  }
}

static void start(const fl_window *w, const fl_band *band, int32_t channel, int32_t first, fl_ring *ring) {
  const int32_t y = first > w->pad_top ? first - w->pad_top : 0, row = fl_row_in_ring(y, band->input_rows);
  ring->next = first;
  ring->slot = ring->rows + w->pad_left;
  ring->source = band->input + row * w->in_width * w->in_channels + channel;
  ring->source_rows = band->input_rows - row;
}


/* A row of outputs, and the rows of the ring under it. */
typedef struct {
  int8_t *at;    /* the next output */
  int32_t index; /* its number in the map */
  uint8_t *mask; /* of the layer; NULL: none */
  fl_three rows; /* 3x3: all rows; others: the first of those that meet the map */
  const int32_t *weights, *weights_end; /* of those */
  int32_t row_step, ring_size;
  const int16_t *wrap; /* no row begins here or later */
} fl_line;

/* Four outputs or one, of which some may be outside the clamp. */
static __attribute__((noinline)) void clear_outside(fl_sums v, int32_t outputs, uint8_t *mask, int32_t first, int32_t step) {
  if (fl_saturated_byte(v.a) != v.a) fl_mask_clear(mask, first);
  if (outputs == 1) return;
  if (fl_saturated_byte(v.b) != v.b) fl_mask_clear(mask, first + step);
  if (fl_saturated_byte(v.c) != v.c) fl_mask_clear(mask, first + 2 * step);
  if (fl_saturated_byte(v.d) != v.d) fl_mask_clear(mask, first + 3 * step);
}

/* Outputs at `at`, of a row that begins at line->at; returns where the next one comes to. */
static FL_INLINE int8_t *put_sums(fl_sums s, const fl_channel *channel, int32_t outputs, const fl_line *line, int8_t *at) {
  const fl_scale by = channel->scale;
  const int32_t step = channel->step;
  s.a = fl_scaled(s.a, by);
  at[0] = (int8_t)fl_saturated_byte(s.a);
  if (outputs > 1) {
    s.b = fl_scaled(s.b, by);
    s.c = fl_scaled(s.c, by);
    s.d = fl_scaled(s.d, by);
    at[step] = (int8_t)fl_saturated_byte(s.b);
    at[2 * step] = (int8_t)fl_saturated_byte(s.c);
    at[3 * step] = (int8_t)fl_saturated_byte(s.d);
  }
  if (line->mask != NULL) clear_outside(s, outputs, line->mask, line->index + (int32_t)(at - line->at), step);
  return at + outputs * step;
}

static FL_INLINE fl_sums begun(const fl_channel *channel) {
  const int32_t bias = channel->bias;
  return (fl_sums){bias, bias, bias, bias, bias};
}

static FL_INLINE int8_t *put_three(const fl_three *rows, const fl_channel *channel, int32_t stride, int32_t outputs,
                                   const fl_line *line, int8_t *at) {
  return put_sums(three_rows(begun(channel), rows, channel->weights, stride, outputs, 0), channel, outputs, line, at);
}

static FL_INLINE void line_of_three(const fl_channel *channel, const fl_line *line, int32_t stride) {
  fl_three rows = line->rows;
  int8_t *at = line->at;
  int32_t left = channel->outputs;
  for (; left > 3; left -= 4) {
    at = put_three(&rows, channel, stride, 4, line, at);
    move_on(&rows, 4 * stride);
  }
  for (; left > 0; left--) {
    at = put_three(&rows, channel, stride, 1, line, at);
    move_on(&rows, stride);
  }
}

static __attribute__((noinline)) void three_one(const fl_channel *channel, const fl_line *line) {
  line_of_three(channel, line, 1);
}

static __attribute__((noinline)) void three_two(const fl_channel *channel, const fl_line *line) {
  line_of_three(channel, line, 2);
}

/* All kernel rows of four outputs; elements and bytes as the loop takes them. */
typedef struct {
  int32_t stride_bytes, pairs, is_odd;
  int32_t row_bytes, ring_bytes;
  const int16_t *wrap; /* rows that begin here or later are those of the ring's beginning */
  const int32_t *end;  /* of the weights */
} fl_rows_job;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Two taps of four outputs in 9 instructions; what is not needed in the inner loop is read again for each row. */
#define FL_TAP(load, product)                                                                                \
  load("a") product("0") load("b") product("1") load("c") product("2") load("d") product("3")
#define FL_TWO(at) "ldr %[x], [%[" at "]], #4\n"
#define FL_TWO_PRODUCTS(n) "smlad %[s" n "], %[x], %[w], %[s" n "]\n"
#define FL_LAST(at) "ldrsh %[x], [%[" at "]]\n"
#define FL_LAST_PRODUCT(n) "smlabb %[s" n "], %[x], %[w], %[s" n "]\n"
static FL_INLINE fl_sums four_sums(fl_sums s, const fl_rows_job *job, const int16_t *row, const int32_t *weights) {
  const int16_t *a, *b, *c, *d;
  int32_t w, x, left;
  __asm__ volatile(
      "1: ldrd %[x], %[left], [%[job]]\n mov %[a], %[row]\n"
      "add %[b], %[a], %[x]\n add %[c], %[b], %[x]\n add %[d], %[c], %[x]\n"
      "cmp %[left], #0\n beq 3f\n"
      "2: ldr %[w], [%[weights]], #4\n" FL_TAP(FL_TWO, FL_TWO_PRODUCTS) "subs %[left], #1\n bne 2b\n"
      "3: ldrd %[left], %[x], [%[job], #8]\n add %[row], %[x]\n cmp %[left], #0\n beq 4f\n"
      "ldr %[w], [%[weights]], #4\n" FL_TAP(FL_LAST, FL_LAST_PRODUCT)
      "4: ldrd %[w], %[x], [%[job], #16]\n cmp %[row], %[x]\n it hs\n subhs %[row], %[w]\n"
      "ldr %[x], [%[job], #24]\n cmp %[weights], %[x]\n bne 1b\n"
      : [s0] "+&r"(s.a), [s1] "+&r"(s.b), [s2] "+&r"(s.c), [s3] "+&r"(s.d), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c),
        [d] "=&r"(d), [row] "+&r"(row), [weights] "+&r"(weights), [w] "=&r"(w), [x] "=&r"(x), [left] "=&r"(left)
      : [job] "r"(job)
      : "memory", "cc");
  return s;
}
_Static_assert(offsetof(fl_rows_job, is_odd) == 8 && offsetof(fl_rows_job, ring_bytes) == 16, "fl_rows_job");
_Static_assert(offsetof(fl_rows_job, end) == 24, "fl_rows_job");
#else
static fl_sums four_sums(fl_sums s, const fl_rows_job *job, const int16_t *row, const int32_t *weights) {
  while (weights != job->end) {
    const int16_t *at = row;
    for (int32_t i = 0; i < job->pairs; i++, at += 2) s = add_row(s, at, weights++, 2, job->stride_bytes / 2, 4);
    if (job->is_odd) s = add_row(s, at, weights++, 1, job->stride_bytes / 2, 4);
    row += job->row_bytes / 2;
    if (row >= job->wrap) row -= job->ring_bytes / 2;
  }
  return s;
}
#endif

static FL_INLINE fl_sums one_sum(fl_sums s, const fl_line *line, const int16_t *row, const int16_t *wrap, int32_t taps) {
  for (const int32_t *weights = line->weights; weights != line->weights_end; weights += (taps + 1) / 2) {
    s = add_row(s, row, weights, taps, 0, 1);
    row += line->row_step;
    if (row >= wrap) row -= line->ring_size;
  }
  return s;
}

static __attribute__((noinline)) void any_line(const fl_channel *channel, const fl_line *line, int32_t taps, int32_t stride) {
  fl_rows_job job = {2 * stride, taps >> 1, taps & 1, 2 * line->row_step, 2 * line->ring_size, line->wrap, line->weights_end};
  int32_t left = channel->outputs;
  const int32_t single = line->weights == line->weights_end ? left : left & 3; /* four_sums takes a row at least */
  const int16_t *row = line->rows.a;
  int8_t *at = line->at;
  for (; left > single; left -= 4, row += 4 * stride, job.wrap += 4 * stride) {
    at = put_sums(four_sums(begun(channel), &job, row, line->weights), channel, 4, line, at);
  }
  for (; left > 0; left--, row += stride, job.wrap += stride) {
    at = put_sums(one_sum(begun(channel), line, row, job.wrap, taps), channel, 1, line, at);
  }
}

#include "fl_small.h" /* from here on: once a row or a channel */

/* Some channels that go together, the first of them number `first`. */
typedef struct {
  const fl_window *w;
  const fl_band *band;
  fl_ring ring;
  uint8_t *mask;
  fl_channel *channels;
  int32_t first;
} fl_group;

static FL_INLINE void place_line(const fl_group *group, int32_t oy, fl_line *line) {
  const int32_t row_elements = group->w->out_width * group->w->out_channels;
  line->at = fl_output_row(group->band, oy, row_elements) + group->first;
  line->index = oy * row_elements + group->first;
}

/* The same row of the next channel. */
static FL_INLINE void next_channel(fl_line *line, int32_t size) {
  line->at++;
  line->index++;
  line->rows.a += size;
  line->rows.b += size;
  line->rows.c += size;
  line->wrap += size;
}

/* 3x3: rows above and below the map are zeros. */
static __attribute__((noinline)) void group_of_three(fl_group *group) {
  const fl_window *w = group->w;
  fl_ring *ring = &group->ring;
  const int32_t width = ring->width, down = w->stride_height * width;
  const fl_channel *const end = group->channels + ring->channels;
  int32_t top = group->band->from * w->stride_height;
  const int16_t *first = ring->rows;
  fl_line line;
  line.wrap = ring->end;
  line.mask = group->mask;
  start(w, group->band, group->first, top, ring);
  for (int32_t oy = group->band->from; oy < group->band->to; oy++, top += w->stride_height) {
    load_rows(w, group->band, top + 3, 1, ring);
    place_line(group, oy, &line);
    line.rows.a = first;
    line.rows.b = first + width < ring->end ? first + width : ring->rows;
    line.rows.c = line.rows.b + width < ring->end ? line.rows.b + width : ring->rows;
    for (const fl_channel *channel = group->channels; channel != end; channel++, next_channel(&line, ring->size)) {
      if (w->stride_width == 1) {
        three_one(channel, &line);
      } else {
        three_two(channel, &line);
      }
    }
    first += down;
    if (first >= ring->end) first -= ring->size;
  }
}

/* Others: rows above and below the map are left out. */
static __attribute__((noinline)) void group_of_any(fl_group *group) {
  const fl_window *w = group->w;
  fl_ring *ring = &group->ring;
  const int32_t height = w->kernel_height, words = (w->kernel_width + 1) / 2;
  int32_t top = group->band->from * w->stride_height;
  const int16_t *first = ring->rows;
  fl_line line;
  line.row_step = ring->width;
  line.ring_size = ring->size;
  line.mask = group->mask;
  start(w, group->band, group->first, top, ring);
  for (int32_t oy = group->band->from; oy < group->band->to; oy++, top += w->stride_height) {
    load_rows(w, group->band, top + height, 0, ring);
    const int32_t above = w->pad_top - top, below = top + height - w->pad_top - w->in_height;
    const int32_t begin = above <= 0 ? 0 : above < height ? above : height;
    const int32_t end = below <= 0 ? height : height - below > begin ? height - below : begin;
    place_line(group, oy, &line);
    line.wrap = ring->end;
    line.rows.a = first + begin * ring->width;
    if (line.rows.a >= ring->end) line.rows.a -= ring->size;
    line.rows.b = line.rows.c = line.rows.a;
    for (int32_t c = 0; c < ring->channels; c++, next_channel(&line, ring->size)) {
      const fl_channel *channel = group->channels + c;
      line.weights = channel->weights + begin * words;
      line.weights_end = channel->weights + end * words;
      any_line(channel, &line, w->kernel_width, w->stride_width);
    }
    first += w->stride_height * ring->width;
    if (first >= ring->end) first -= ring->size;
  }
}

/* Kernels that fit the stack and leave out no row; the clamp of int8. */
static int32_t is_common(const fl_window *w, const fl_range *range) {
  const int32_t is_dense = w->dilation_height == 1 && w->dilation_width == 1;
  const int32_t is_small = w->kernel_height <= MOST_TAPS && w->kernel_width <= MOST_TAPS;
  const int32_t is_even = w->in_channels == w->out_channels && w->stride_height <= w->kernel_height;
  return is_dense && is_small && is_even && fl_is_byte_range(range);
}

static int32_t has_scales(const fl_filter *filter, int32_t channels) {
  for (int32_t c = 0; c < channels; c++) {
    if (!fl_has_scale(filter->multiplier[c], filter->shift[c])) return 0;
  }
  return 1;
}

static void clear(int16_t *rows, int32_t elements) {
  for (; elements > 7; elements -= 8, rows += 8) {
    fl_store_word(rows, 0);
    fl_store_word(rows + 2, 0);
    fl_store_word(rows + 4, 0);
    fl_store_word(rows + 6, 0);
  }
  for (; elements > 1; elements -= 2, rows += 2) fl_store_word(rows, 0);
  if (elements > 0) *rows = 0;
}

static void set_channel(const fl_window *w, const fl_filter *filter, const fl_range *range, int32_t c, int32_t is_three,
                        fl_channel *channel) {
  const int32_t taps = w->kernel_height * w->kernel_width;
  const int8_t *weights = (c < filter->trained_inputs ? filter->trained : filter->weights) + c * taps;
  channel->bias = fl_bias_of(filter, c);
  channel->scale = fl_scale_of(filter->multiplier[c], filter->shift[c], range->output_zero);
  channel->step = w->out_channels;
  channel->outputs = w->out_width;
  if (is_three) {
    widen_three(weights, channel->weights);
  } else {
    widen_rows(weights, w->kernel_height, w->kernel_width, channel->weights);
  }
}

void fl_depthwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                            uint8_t *mask, int16_t *scratch) {
  const fl_window *w = window;
  if (!is_common(w, range) || !has_scales(filter, w->out_channels)) {
    fl_depthwise_conv2d_plain(window, filter, range, band, mask, scratch);
    return;
  }
  const int32_t is_three = w->kernel_height == 3 && w->kernel_width == 3 && w->stride_width <= 2;
  const int32_t width = (w->out_width - 1) * w->stride_width + w->kernel_width, room = width - w->pad_left;
  const int32_t size = w->kernel_height * width, together = w->together == MOST_CHANNELS ? MOST_CHANNELS : 1;
  fl_channel one;
  fl_group group = {w, band, {.rows = scratch, .size = size, .width = width,
                              .pixels = w->in_width < room ? w->in_width : room,
                              .lower = fl_low_halves(-range->input_zero, -range->input_zero)}, mask, &one, 0};
  if (together > 1) {
    group.channels = (fl_channel *)(void *)scratch;
    group.ring.rows += MOST_CHANNELS * (int32_t)(sizeof one / sizeof *scratch);
  }
  group.ring.end = group.ring.rows + size;
  fl_map_mask_fill(mask, band->from, w->out_height * w->out_width * w->out_channels);
  clear(group.ring.rows, together * size);
  for (; group.first < w->out_channels; group.first += group.ring.channels) {
    const int32_t left = w->out_channels - group.first;
    group.ring.channels = left < together ? 1 : together;
    for (int32_t c = 0; c < group.ring.channels; c++) {
      set_channel(w, filter, range, group.first + c, is_three, group.channels + c);
    }
    if (is_three) {
      group_of_three(&group);
    } else {
      group_of_any(&group);
    }
  }
}

#endif
