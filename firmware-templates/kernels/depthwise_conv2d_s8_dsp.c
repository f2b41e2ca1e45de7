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

/* How a layer is gone through: square kernels of so many taps and that stride have text of their own. */
typedef enum { ANY, THREE_ONE, THREE_TWO, FIVE_ONE, SEVEN_TWO } fl_way;

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

/* A channel; its number among those that go together, and how many elements its ring lies behind that of the first. */
typedef struct {
  int32_t bias;
  fl_scale scale;
  int32_t number, offset;
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

/* Rows of 5x5: what even outputs of a row meet first, what odd ones (add_five). */
static void widen_five(const int8_t *from, int32_t *to) {
  for (const int8_t *end = from + 25; from != end; from += 5, to += 4) {
    const int32_t second = from[1], third = from[2], fourth = from[3];
    to[0] = fl_low_halves(from[0], second);
    to[1] = fl_low_halves(third, fourth);
    to[2] = fl_low_halves(second, third);
    to[3] = fl_low_halves(fourth, from[4]);
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

static __attribute__((noinline)) void clear(int16_t *rows, int32_t elements) {
  for (; elements > 7; elements -= 8, rows += 8) {
    fl_store_word(rows, 0);
    fl_store_word(rows + 2, 0);
    fl_store_word(rows + 4, 0);
    fl_store_word(rows + 6, 0);
  }
  for (; elements > 0; elements--) *rows++ = 0;
}

static void clear_row(const fl_ring *ring) {
  for (int32_t c = 0; c < ring->channels; c++) clear(ring->slot + c * ring->size, ring->pixels);
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

/* A row of outputs of some channels that go together, and the rows of the ring under it, of the first channel. */
typedef struct {
  const fl_channel *channels, *channels_end;
  int8_t *at;    /* the first output */
  int32_t index; /* its number in the map */
  uint8_t *mask; /* of the layer; NULL: none */
  int32_t step;  /* from one output to the next */
  int32_t outputs;
  const int16_t *const *rows; /* 3x3: all; others: those that meet the map */
  int32_t count;              /* of these */
  int32_t weights;            /* where those of the first of these begin */
} fl_line;

/* Some of four outputs may be outside the clamp, the first of which is `at`. */
static __attribute__((noinline)) void clear_outside(int32_t a, int32_t b, int32_t c, int32_t d, const fl_line *line,
                                                    const int8_t *at) {
  const int32_t step = line->step;
  int32_t index = line->index + (int32_t)(at - line->at);
  if (fl_saturated_byte(a) != a) fl_mask_clear(line->mask, index);
  index += step;
  if (fl_saturated_byte(b) != b) fl_mask_clear(line->mask, index);
  index += step;
  if (fl_saturated_byte(c) != c) fl_mask_clear(line->mask, index);
  index += step;
  if (fl_saturated_byte(d) != d) fl_mask_clear(line->mask, index);
}

/* Four outputs from `at` on, of a row that begins at line->at; returns where the next one comes to. */
static FL_INLINE int8_t *put_four(fl_sums s, const fl_channel *channel, const fl_line *line, int8_t *at) {
  const fl_scale by = channel->scale;
  const int32_t step = line->step;
  s.a = fl_scaled(s.a, by);
  s.b = fl_scaled(s.b, by);
  s.c = fl_scaled(s.c, by);
  s.d = fl_scaled(s.d, by);
  at[0] = (int8_t)fl_saturated_byte(s.a);
  at[step] = (int8_t)fl_saturated_byte(s.b);
  at[2 * step] = (int8_t)fl_saturated_byte(s.c);
  at[3 * step] = (int8_t)fl_saturated_byte(s.d);
  if (line->mask != NULL) clear_outside(s.a, s.b, s.c, s.d, line, at);
  return at + 4 * step;
}

static FL_INLINE void put_one(int32_t sum, const fl_channel *channel, const fl_line *line, int8_t *at) {
  const int32_t value = fl_scaled(sum, channel->scale), clamped = fl_saturated_byte(value);
  *at = (int8_t)clamped;
  if (clamped != value && line->mask != NULL) fl_mask_clear(line->mask, line->index + (int32_t)(at - line->at));
}

static FL_INLINE fl_sums begun(const fl_channel *channel) {
  const int32_t bias = channel->bias;
  return (fl_sums){bias, bias, bias, bias, bias};
}

static FL_INLINE fl_sums sums_of_three(const fl_channel *channel, const fl_three *rows, int32_t stride, int32_t outputs) {
  return three_rows(begun(channel), rows, channel->weights, stride, outputs, 0);
}

static FL_INLINE void lines_of_three(const fl_line *line, int32_t stride) {
  for (const fl_channel *channel = line->channels; channel != line->channels_end; channel++) {
    const int32_t offset = channel->offset;
    fl_three rows = {line->rows[0] + offset, line->rows[1] + offset, line->rows[2] + offset};
    int8_t *at = line->at + channel->number;
    int32_t left = line->outputs;
    for (; left > 3; left -= 4) {
      at = put_four(sums_of_three(channel, &rows, stride, 4), channel, line, at);
      move_on(&rows, 4 * stride);
    }
    for (; left > 0; left--, at += line->step) {
      put_one(sums_of_three(channel, &rows, stride, 1).a, channel, line, at);
      move_on(&rows, stride);
    }
  }
}

static __attribute__((noinline)) void three_one(const fl_line *line) { lines_of_three(line, 1); }

static __attribute__((noinline)) void three_two(const fl_line *line) { lines_of_three(line, 2); }

/* The kernel rows of four outputs from `offset` on, 5x5 or 7x7. */
static FL_INLINE fl_sums wide_rows(fl_sums s, const fl_line *line, int32_t offset, const int32_t *weights, fl_way way) {
  const int16_t *const *rows = line->rows;
  for (const int16_t *const *end = rows + line->count; rows != end; weights += 4) {
    const int16_t *x = *rows++ + offset;
    s = way == FIVE_ONE ? add_five(s, x, weights) : add_seven(s, x, weights);
  }
  return s;
}

/* Four outputs or more: the last four are computed together, whether some of them have been before or not. */
static __attribute__((noinline)) void wide_lines(const fl_line *line, fl_way way) {
  const int32_t step = line->step, stride = way == FIVE_ONE ? 1 : 2;
  for (const fl_channel *channel = line->channels; channel != line->channels_end; channel++) {
    const int32_t *weights = channel->weights + line->weights;
    int8_t *at = line->at + channel->number;
    for (int32_t left = line->outputs, offset = channel->offset, next; left > 0; left -= next) {
      const fl_sums s = way == FIVE_ONE ? wide_rows(begun(channel), line, offset, weights, FIVE_ONE)
                                        : wide_rows(begun(channel), line, offset, weights, SEVEN_TWO);
      put_four(s, channel, line, at);
      next = left > 7 || left == 4 ? 4 : left - 4;
      offset += next * stride;
      at += next * step;
    }
  }
}

/* All kernel rows of four outputs, the first of which meets what is so many bytes behind the beginning of a row. */
typedef struct {
  int32_t stride_bytes, pairs, is_odd, offset_bytes;
  const int32_t *end; /* of the weights */
} fl_rows_job;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Two taps of four outputs in 9 instructions; what is not needed in the inner loop is read again for each row. */
#define FL_TAP(load, product)                                                                                \
  load("a") product("0") load("b") product("1") load("c") product("2") load("d") product("3")
#define FL_TWO(at) "ldr %[x], [%[" at "]], #4\n"
#define FL_TWO_PRODUCTS(n) "smlad %[s" n "], %[x], %[w], %[s" n "]\n"
#define FL_LAST(at) "ldrsh %[x], [%[" at "]]\n"
#define FL_LAST_PRODUCT(n) "smlabb %[s" n "], %[x], %[w], %[s" n "]\n"
static FL_INLINE fl_sums four_sums(fl_sums s, const fl_rows_job *job, const int16_t *const *rows, const int32_t *weights) {
  const int16_t *a, *b, *c, *d;
  int32_t w, x, left;
  __asm__ volatile(
      "1: ldrd %[x], %[left], [%[job]]\n ldr %[w], [%[job], #12]\n ldr %[a], [%[rows]], #4\n"
      "add %[a], %[w]\n add %[b], %[a], %[x]\n add %[c], %[b], %[x]\n add %[d], %[c], %[x]\n"
      "cmp %[left], #0\n beq 3f\n"
      "2: ldr %[w], [%[weights]], #4\n" FL_TAP(FL_TWO, FL_TWO_PRODUCTS) "subs %[left], #1\n bne 2b\n"
      "3: ldrd %[left], %[x], [%[job], #8]\n cmp %[left], #0\n beq 4f\n"
      "ldr %[w], [%[weights]], #4\n" FL_TAP(FL_LAST, FL_LAST_PRODUCT)
      "4: ldr %[x], [%[job], #16]\n cmp %[weights], %[x]\n bne 1b\n"
      : [s0] "+&r"(s.a), [s1] "+&r"(s.b), [s2] "+&r"(s.c), [s3] "+&r"(s.d), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c),
        [d] "=&r"(d), [rows] "+&r"(rows), [weights] "+&r"(weights), [w] "=&r"(w), [x] "=&r"(x), [left] "=&r"(left)
      : [job] "r"(job)
      : "memory", "cc");
  return s;
}
_Static_assert(offsetof(fl_rows_job, is_odd) == 8 && offsetof(fl_rows_job, offset_bytes) == 12, "fl_rows_job");
_Static_assert(offsetof(fl_rows_job, end) == 16, "fl_rows_job");
#else
static fl_sums four_sums(fl_sums s, const fl_rows_job *job, const int16_t *const *rows, const int32_t *weights) {
  while (weights != job->end) {
    const int16_t *at = *rows++ + job->offset_bytes / 2;
    for (int32_t i = 0; i < job->pairs; i++, at += 2) s = add_row(s, at, weights++, 2, job->stride_bytes / 2, 4);
    if (job->is_odd) s = add_row(s, at, weights++, 1, job->stride_bytes / 2, 4);
  }
  return s;
}
#endif

static FL_INLINE int32_t one_sum(int32_t sum, const fl_line *line, int32_t offset, const int32_t *weights, int32_t taps) {
  for (int32_t row = 0; row < line->count; row++) {
    const int16_t *x = line->rows[row] + offset;
    for (int32_t left = taps; left > 1; left -= 2, x += 2) sum = fl_pair_product_add(fl_load_word(x), *weights++, sum);
    if ((taps & 1) != 0) sum = fl_low_low_add(*x, *weights++, sum);
  }
  return sum;
}

static FL_INLINE void any_line(const fl_channel *channel, const fl_line *line, int32_t taps, int32_t stride) {
  const int32_t *weights = channel->weights + line->weights;
  fl_rows_job job = {2 * stride, taps >> 1, taps & 1, 2 * channel->offset, weights + line->count * ((taps + 1) / 2)};
  int32_t left = line->outputs;
  const int32_t single = line->count == 0 ? left : left & 3; /* four_sums takes a row at least */
  int8_t *at = line->at + channel->number;
  for (; left > single; left -= 4, job.offset_bytes += 8 * stride) {
    at = put_four(four_sums(begun(channel), &job, line->rows, weights), channel, line, at);
  }
  for (; left > 0; left--, job.offset_bytes += 2 * stride, at += line->step) {
    put_one(one_sum(channel->bias, line, job.offset_bytes / 2, weights, taps), channel, line, at);
  }
}

static __attribute__((noinline)) void any_lines(const fl_line *line, int32_t taps, int32_t stride) {
  for (const fl_channel *channel = line->channels; channel != line->channels_end; channel++) {
    any_line(channel, line, taps, stride);
  }
}

#include "fl_small.h" /* from here on: once a row or a channel */

static fl_way way_of(const fl_window *w) {
  if (w->kernel_height != w->kernel_width) return ANY;
  if (w->kernel_width == 5 && w->stride_width == 1 && w->out_width > 3) return FIVE_ONE;
  if (w->kernel_width == 7 && w->stride_width == 2 && w->out_width > 3) return SEVEN_TWO;
  if (w->kernel_width != 3 || w->stride_width > 2) return ANY;
  return w->stride_width == 1 ? THREE_ONE : THREE_TWO;
}

/* Some channels that go together, the first of them number `first`. */
typedef struct {
  const fl_window *w;
  const fl_band *band;
  fl_ring ring;
  uint8_t *mask;
  fl_channel *channels;
  fl_way way;
  int32_t first;
  const int16_t *rows[2 * MOST_TAPS]; /* of the ring of the first channel, twice */
} fl_group;

static void go_through(const fl_group *group, const fl_line *line) {
  switch (group->way) {
    case THREE_ONE: three_one(line); break;
    case THREE_TWO: three_two(line); break;
    case FIVE_ONE:
    case SEVEN_TWO: wide_lines(line, group->way); break;
    default: any_lines(line, group->w->kernel_width, group->w->stride_width);
  }
}

/* Rows of 3x3 above and below the map are zeros, those of others are left out. */
static __attribute__((noinline)) void all_rows(fl_group *group) {
  const fl_window *w = group->w;
  fl_ring *ring = &group->ring;
  const int32_t height = w->kernel_height, words = group->way == FIVE_ONE ? 4 : (w->kernel_width + 1) / 2;
  const int32_t has_zeros = group->way == THREE_ONE || group->way == THREE_TWO;
  const int32_t row_elements = w->out_width * w->out_channels;
  int32_t top = group->band->from * w->stride_height, first = 0; /* first: of the rows of the ring */
  fl_line line;
  line.channels = group->channels;
  line.channels_end = group->channels + ring->channels;
  line.mask = group->mask;
  line.step = w->out_channels;
  line.outputs = w->out_width;
  start(w, group->band, group->first, top, ring);
  for (int32_t oy = group->band->from; oy < group->band->to; oy++, top += w->stride_height) {
    load_rows(w, group->band, top + height, has_zeros, ring);
    const int32_t above = w->pad_top - top, below = top + height - w->pad_top - w->in_height;
    const int32_t begin = has_zeros || above <= 0 ? 0 : above < height ? above : height;
    const int32_t end = has_zeros || below <= 0 ? height : height - below > begin ? height - below : begin;
    line.at = fl_output_row(group->band, oy, row_elements) + group->first;
    line.index = oy * row_elements + group->first;
    line.rows = group->rows + first + begin;
    line.count = end - begin;
    line.weights = begin * words;
    go_through(group, &line);
    first += w->stride_height;
    if (first >= height) first -= height;
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

static void set_channel(const fl_group *group, const fl_filter *filter, int32_t zero, int32_t number, fl_channel *channel) {
  const fl_window *w = group->w;
  const int32_t taps = w->kernel_height * w->kernel_width, c = group->first + number;
  const int8_t *weights = (c < filter->trained_inputs ? filter->trained : filter->weights) + c * taps;
  channel->bias = fl_bias_of(filter, c);
  channel->scale = fl_scale_of(filter->multiplier[c], filter->shift[c], zero);
  channel->number = number;
  channel->offset = number * group->ring.size;
  switch (group->way) {
    case THREE_ONE:
    case THREE_TWO: widen_three(weights, channel->weights); break;
    case FIVE_ONE: widen_five(weights, channel->weights); break;
    default: widen_rows(weights, w->kernel_height, w->kernel_width, channel->weights);
  }
}

void fl_depthwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                            uint8_t *mask, int16_t *scratch) {
  const fl_window *w = window;
  if (!is_common(w, range) || !has_scales(filter, w->out_channels)) {
    fl_depthwise_conv2d_plain(window, filter, range, band, mask, scratch);
    return;
  }
  const int32_t width = (w->out_width - 1) * w->stride_width + w->kernel_width, room = width - w->pad_left;
  const int32_t size = w->kernel_height * width, together = w->together == MOST_CHANNELS ? MOST_CHANNELS : 1;
  fl_channel one;
  fl_group group;
  group.w = w;
  group.band = band;
  group.ring.rows = scratch;
  group.ring.size = size;
  group.ring.width = width;
  group.ring.pixels = w->in_width < room ? w->in_width : room;
  group.ring.lower = fl_low_halves(-range->input_zero, -range->input_zero);
  group.mask = mask;
  group.channels = &one;
  group.way = way_of(w);
  if (together > 1) {
    group.channels = (fl_channel *)(void *)scratch;
    group.ring.rows += MOST_CHANNELS * (int32_t)(sizeof one / sizeof *scratch);
  }
  group.ring.end = group.ring.rows + size;
  fl_map_mask_fill(mask, band->from, w->out_height * w->out_width * w->out_channels);
  clear(group.ring.rows, together * size);
  for (int32_t row = 0; row < w->kernel_height; row++) {
    group.rows[row] = group.rows[w->kernel_height + row] = group.ring.rows + row * width;
  }
  for (group.first = 0; group.first < w->out_channels; group.first += group.ring.channels) {
    const int32_t left = w->out_channels - group.first;
    group.ring.channels = left < together ? 1 : together;
    for (int32_t c = 0; c < group.ring.channels; c++) {
      set_channel(&group, filter, range->output_zero, c, group.channels + c);
    }
    all_rows(&group);
  }
}

#endif
