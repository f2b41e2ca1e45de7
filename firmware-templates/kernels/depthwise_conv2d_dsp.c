/*
 * Four channels at a time. Their input rows are spread out of the HWC map into a ring of bordered int16 rows, one beside the
 * other for each channel, as byte + 128 (0..255), so that two neighbours are one word and the inner loops meet neither
 * border nor stride over channels; their weights are widened beside them. The border is the zero point + 128; where that is
 * 0, rows of larger kernels that lie above and below the map are left out.
 */
#include <stddef.h>

#include "fl_dsp.h"
#include "fl_dsp_kernels.h"
#include "fl_rows.h"

/* CONSTANTS: words of requantisation a channel: an fl_exact, or an fl_affine and 0 in place of the shift. */
enum { CHANNELS = 4, CONSTANTS = 4, EXACT_SHIFT = 3 };

/* The ring, and what is to come into it. */
typedef struct {
  int16_t *rows, *end;
  int32_t row_step; /* elements from one row to the next: four channels */
  int32_t width;    /* elements of a row of one channel: all that the kernel touches, even */
  int32_t pixels;   /* of them, what comes from the map */
  int32_t channels;
  int16_t border;
  int32_t skips;    /* rows outside the map are left out */
  int32_t next;     /* the row to come, counted from the first that a kernel touches, above the map */
  int16_t *slot;    /* where it comes to */
  const int8_t *source; /* the row of the map that comes next */
  int32_t source_row;   /* its place in the ring of the input */
} fl_planes;

/* A row of outputs of up to four channels. */
typedef struct {
  const int16_t *rows;    /* of the ring */
  int32_t row_step;       /* elements from one row of the ring to the next */
  int32_t width;          /* elements from one channel to the next */
  int32_t first, count;   /* where the first kernel row lies in the ring, and how many the ring has */
  int32_t kernel_rows;    /* that are not left out */
  int32_t skipped;        /* words of the weights of those that are */
  const int32_t *filter;  /* of the first channel: constants, widened weights */
  int32_t filter_step;    /* words from one channel to the next */
  int32_t channels;
  int32_t outputs;
  int32_t step;           /* from one output to the next */
  int8_t *output;
} fl_line;

/* count: even. */
static void fill(int16_t value, int32_t count, int16_t *to) {
  const int32_t both = fl_low_halves(value, value);
  for (const int16_t *end = to + count; to != end; to += 2) fl_store_word(to, both);
}

/* Two pixels of four channels at a time. */
static FL_INLINE void spread_four(const int8_t *values, int32_t pixels, int32_t step, int16_t *row, int32_t width) {
  const int32_t flip = (int32_t)0x80808080u;
  int16_t *const second_half = row + 2 * width;
  int32_t at = 0;
  for (; at + 1 < pixels; at += 2, values += 2 * step) {
    const int32_t first = fl_load_word(values) ^ flip, second = fl_load_word(values + step) ^ flip;
    const int32_t even = fl_even_bytes_unsigned(first), odd = fl_odd_bytes_unsigned(first);
    const int32_t next_even = fl_even_bytes_unsigned(second), next_odd = fl_odd_bytes_unsigned(second);
    FL_KEEP(values);
    fl_store_word(row + at, fl_low_halves(even, next_even));
    fl_store_word(row + at + width, fl_low_halves(odd, next_odd));
    fl_store_word(second_half + at, fl_high_halves(even, next_even));
    fl_store_word(second_half + at + width, fl_high_halves(odd, next_odd));
  }
  if (at >= pixels) return;
  const int32_t last = fl_load_word(values) ^ flip;
  const int32_t even = fl_even_bytes_unsigned(last), odd = fl_odd_bytes_unsigned(last);
  row[at] = (int16_t)even;
  row[at + width] = (int16_t)odd;
  second_half[at] = (int16_t)(even >> 16);
  second_half[at + width] = (int16_t)(odd >> 16);
}

static __attribute__((noinline)) void spread_some(const int8_t *values, int32_t pixels, int32_t step, int16_t *row,
                                                  int32_t width, int32_t channels) {
  for (int32_t c = 0; c < channels; c++) {
    for (int32_t x = 0; x < pixels; x++) row[c * width + x] = (int16_t)(values[x * step + c] + 128);
  }
}

/* The ring is empty; `first` is the first row that will be asked for. */
static void start(const fl_window *w, const fl_band *band, int32_t channel, int32_t first, fl_planes *p) {
  const int32_t y = first > w->pad_top ? first - w->pad_top : 0;
  p->next = first;
  p->slot = p->rows;
  p->source = fl_input_row(band, y, w->in_width * w->in_channels) + channel;
  p->source_row = fl_row_in_ring(y, band->input_rows);
}

/* A row of the map: to the ring, or past it. */
static void take_row(const fl_window *w, const fl_band *band, int32_t is_needed, fl_planes *p) {
  if (!is_needed) {
    /* between kernels that are further apart than they are high */
  } else if (p->channels == CHANNELS) {
    spread_four(p->source, p->pixels, w->in_channels, p->slot + w->pad_left, p->width);
  } else {
    spread_some(p->source, p->pixels, w->in_channels, p->slot + w->pad_left, p->width, p->channels);
  }
  const int32_t row_bytes = w->in_width * w->in_channels;
  p->source += row_bytes;
  if (++p->source_row == band->input_rows) {
    p->source_row = 0;
    p->source -= band->input_rows * row_bytes;
  }
}

/* All rows up to `end` that have not come yet; those before `first` are not needed. */
static __attribute__((noinline)) void load_rows(const fl_window *w, const fl_band *band, int32_t first, int32_t end,
                                                fl_planes *p) {
  int32_t next = p->next;
  for (; next < end; next++) {
    const int32_t y = next - w->pad_top;
    if (y >= 0 && y < w->in_height) {
      take_row(w, band, next >= first, p);
    } else if (!p->skips) {
      fill(p->border, p->row_step, p->slot);
    }
    int16_t *const slot = p->slot + p->row_step;
    p->slot = slot == p->end ? p->rows : slot;
  }
  p->next = next;
}

/* Sums of up to five outputs. */
typedef struct {
  int32_t a, b, c, d, e;
} fl_sums;

/* What one kernel row of `taps` adds to up to four outputs, of which the first meets x[0] first. */
static FL_INLINE fl_sums add_row(fl_sums s, const int16_t *x, const int32_t *weights, int32_t taps, int32_t stride,
                          int32_t outputs) {
#pragma GCC unroll 4
  for (int32_t i = 0; i < taps; i += 2) {
    const int32_t w = weights[i / 2];
    s.a = fl_pair_product_add(fl_load_word(x + i), w, s.a);
    if (outputs > 1) s.b = fl_pair_product_add(fl_load_word(x + stride + i), w, s.b);
    if (outputs > 2) s.c = fl_pair_product_add(fl_load_word(x + 2 * stride + i), w, s.c);
    if (outputs > 3) s.d = fl_pair_product_add(fl_load_word(x + 3 * stride + i), w, s.d);
  }
  return s;
}

/* All kernel rows, from the ring's row `first` on around. */
static FL_INLINE fl_sums any_outputs(const fl_line *line, const int16_t *plane, const int32_t *weights, int32_t taps,
                              int32_t stride, int32_t outputs) {
  fl_sums s = {0, 0, 0, 0, 0};
  const int32_t words = (taps + 3) / 4 * 2, step = line->row_step;
  const int32_t *end = weights + line->kernel_rows * words;
  const int16_t *row = plane + line->first * step;
  const int16_t *wrap = plane + line->count * step;
  for (; weights != end; weights += words) {
    s = add_row(s, row, weights, taps, stride, outputs);
    row += step;
    if (row == wrap) row = plane;
  }
  return s;
}

/* Rows of three: (w0, w1), (w1, w2). */
static FL_INLINE fl_sums add_three(fl_sums s, const int16_t *x, const int32_t *weights, int32_t stride, int32_t outputs) {
  const int32_t front = weights[0], back = weights[1];
  const int32_t *word = (const int32_t *)(const void *)x;
  const int32_t p0 = word[0], p1 = word[1];
  s.a = fl_low_high_add(p1, back, fl_pair_product_add(p0, front, s.a));
  if (outputs == 1) return s;
  if (stride == 2) {
    const int32_t p2 = word[2];
    s.b = fl_low_high_add(p2, back, fl_pair_product_add(p1, front, s.b));
    if (outputs == 2) return s;
    const int32_t p3 = word[3];
    s.c = fl_low_high_add(p3, back, fl_pair_product_add(p2, front, s.c));
    if (outputs == 3) return s;
    const int32_t p4 = word[4];
    s.d = fl_low_high_add(p4, back, fl_pair_product_add(p3, front, s.d));
  } else {
    s.b = fl_pair_product_add(p1, back, fl_high_low_add(p0, front, s.b));
    if (outputs == 2) return s;
    const int32_t p2 = word[2];
    s.c = fl_low_high_add(p2, back, fl_pair_product_add(p1, front, s.c));
    if (outputs == 3) return s;
    s.d = fl_pair_product_add(p2, back, fl_high_low_add(p1, front, s.d));
    if (outputs == 4) return s;
    s.e = fl_low_high_add(word[3], back, fl_pair_product_add(p2, front, s.e));
  }
  return s;
}

/* 3x3: the rows of a channel, from one output to the next. */
typedef struct {
  const int16_t *a, *b, *c;
} fl_three;

static FL_INLINE fl_sums three_rows(fl_three *rows, const int32_t *weights, int32_t stride, int32_t outputs) {
  fl_sums s = {0, 0, 0, 0, 0};
  s = add_three(s, rows->a, weights, stride, outputs);
  s = add_three(s, rows->b, weights + 2, stride, outputs);
  s = add_three(s, rows->c, weights + 4, stride, outputs);
  rows->a += outputs * stride;
  rows->b += outputs * stride;
  rows->c += outputs * stride;
  FL_KEEP(rows->a);
  FL_KEEP(rows->b);
  FL_KEEP(rows->c);
  return s;
}

/* Channels that have no affine form are rare. */
static __attribute__((noinline)) void put_exact(fl_sums s, const int32_t *filter, int32_t outputs, int32_t step,
                                                int8_t *at) {
  const fl_exact by = *(const fl_exact *)filter;
  at[0] = fl_exact_output(by, fl_wrapped_sum(s.a, s.a));
  if (outputs > 1) at[step] = fl_exact_output(by, fl_wrapped_sum(s.b, s.b));
  if (outputs > 2) at[2 * step] = fl_exact_output(by, fl_wrapped_sum(s.c, s.c));
  if (outputs > 3) at[3 * step] = fl_exact_output(by, fl_wrapped_sum(s.d, s.d));
}

/* Constants are read once for four outputs, because a stored byte could be part of them for all the compiler knows. */
static FL_INLINE int8_t *put_sums(fl_sums s, const int32_t *filter, int32_t outputs, int32_t step, int8_t *at) {
  const fl_affine by = *(const fl_affine *)filter;
  *at = fl_affine_output(by, s.a);
  if (outputs > 1) {
    at += step;
    FL_KEEP(at);
    *at = fl_affine_output(by, s.b);
  }
  if (outputs > 2) {
    at += step;
    FL_KEEP(at);
    *at = fl_affine_output(by, s.c);
  }
  if (outputs > 3) {
    at += step;
    FL_KEEP(at);
    *at = fl_affine_output(by, s.d);
  }
  if (outputs > 4) {
    at += step;
    FL_KEEP(at);
    *at = fl_affine_output(by, s.e);
  }
  at += step;
  FL_KEEP(at);
  return at;
}

/* Outputs of a channel side by side, and on to those after them. */
static FL_INLINE int8_t *put_three(fl_three *rows, const int32_t *filter, int32_t stride, int32_t outputs, int32_t step,
                                   int8_t *at) {
  return put_sums(three_rows(rows, filter + CONSTANTS, stride, outputs), filter, outputs, step, at);
}

/* is_five: there are five outputs, which are done at once. */
static FL_INLINE void lines_of_three(const fl_line *line, int32_t stride, int32_t is_five) {
  const fl_line l = *line;
  const int32_t outputs = is_five ? 5 : l.outputs;
  const int32_t second = l.first + 1 < l.count ? l.first + 1 : l.first + 1 - l.count;
  const int32_t third = second + 1 < l.count ? second + 1 : second + 1 - l.count;
  const int32_t to_next = l.width - outputs * stride;
  const int32_t *filter = l.filter;
  fl_three rows = {l.rows + l.first * l.row_step, l.rows + second * l.row_step, l.rows + third * l.row_step};
  for (int8_t *output = l.output, *end = output + l.channels; output != end; output++) {
    int8_t *at = output;
    int32_t left = outputs;
    if (filter[EXACT_SHIFT] != 0) {
      for (; left > 3; left -= 4, at += 4 * l.step) {
        put_exact(three_rows(&rows, filter + CONSTANTS, stride, 4), filter, 4, l.step, at);
      }
      for (; left > 0; left--, at += l.step) {
        put_exact(three_rows(&rows, filter + CONSTANTS, stride, 1), filter, 1, l.step, at);
      }
    }
    if (is_five && left == 5) {
      put_three(&rows, filter, stride, 5, l.step, at);
      left = 0;
    }
    for (; left > 3; left -= 4) at = put_three(&rows, filter, stride, 4, l.step, at);
    if (left > 1) at = put_three(&rows, filter, stride, 2, l.step, at);
    if ((left & 1) != 0) put_three(&rows, filter, stride, 1, l.step, at);
    rows.a += to_next;
    rows.b += to_next;
    rows.c += to_next;
    filter += l.filter_step;
  }
}

static FL_INLINE void lines_of(const fl_line *line, int32_t taps, int32_t stride) {
  const fl_line l = *line;
  const int32_t *filter = l.filter;
  const int16_t *plane = l.rows;
  for (int8_t *output = l.output, *end = output + l.channels; output != end; output++) {
    const int32_t *weights = filter + CONSTANTS + l.skipped;
    const int16_t *x = plane;
    int8_t *at = output;
    int32_t left = l.outputs;
    if (filter[EXACT_SHIFT] != 0) {
      for (; left > 0; left--, x += stride, at += l.step) {
        put_exact(any_outputs(&l, x, weights, taps, stride, 1), filter, 1, l.step, at);
      }
    }
    for (; left > 3; left -= 4, x += 4 * stride) {
      at = put_sums(any_outputs(&l, x, weights, taps, stride, 4), filter, 4, l.step, at);
    }
    if (left > 1) {
      at = put_sums(any_outputs(&l, x, weights, taps, stride, 2), filter, 2, l.step, at);
      x += 2 * stride;
    }
    if ((left & 1) != 0) {
      put_sums(any_outputs(&l, x, weights, taps, stride, 1), filter, 1, l.step, at);
    }
    plane += l.width;
    filter += l.filter_step;
  }
}

/* One function for each kernel and stride that is common, and one for the others. */
#define FL_LINES(name, lines, ...) \
  static __attribute__((noinline)) void name(const fl_line *line) { lines(line, __VA_ARGS__); }
FL_LINES(three_one, lines_of_three, 1, 0)
FL_LINES(three_one_of_five, lines_of_three, 1, 1)
FL_LINES(three_two, lines_of_three, 2, 0)
FL_LINES(five_one, lines_of, 5, 1)
FL_LINES(five_two, lines_of, 5, 2)
FL_LINES(seven_one, lines_of, 7, 1)
FL_LINES(seven_two, lines_of, 7, 2)

static __attribute__((noinline)) void any_lines(const fl_line *line, int32_t taps, int32_t stride) {
  lines_of(line, taps, stride);
}

/* Kernels of three columns that are not 3x3 have weights in the order of the others. */
static __attribute__((noinline)) void some_lines(const fl_window *w, const fl_line *line) {
  const int32_t taps = w->kernel_width, stride = w->stride_width;
  switch (taps == 3 && w->kernel_height != 3 ? 0 : 2 * taps + stride) {
    case 7: line->outputs == 5 ? three_one_of_five(line) : three_one(line); break;
    case 8: three_two(line); break;
    case 11: five_one(line); break;
    case 12: five_two(line); break;
    case 15: seven_one(line); break;
    case 16: seven_two(line); break;
    default: any_lines(line, taps, stride); break;
  }
}

/* Kernel rows above and below the map are left out; `first` is where the first of all lies in the ring. */
static void aim(const fl_window *w, const fl_planes *planes, int32_t top, int32_t first, fl_line *line) {
  const int32_t height = w->kernel_height;
  line->first = first;
  line->kernel_rows = height;
  line->skipped = 0;
  if (!planes->skips) return;
  const int32_t above = w->pad_top - top, below = top + height - w->pad_top - w->in_height;
  const int32_t begin = above <= 0 ? 0 : above < height ? above : height;
  const int32_t end = height - (below > 0 ? below : 0);
  line->first = first + begin < height ? first + begin : first + begin - height;
  line->kernel_rows = end > begin ? end - begin : 0;
  line->skipped = begin * ((w->kernel_width + 3) / 4 * 2);
}

/* The constants of a channel as they are, words of four weights as pairs: bytes 0 and 2, 1 and 3. */
static void widen_filter(const int32_t *from, int32_t words, int32_t *to) {
  const int32_t a = from[0], b = from[1], c = from[2], d = from[3];
  to[0] = a;
  to[1] = b;
  to[2] = c;
  to[3] = d;
  from += CONSTANTS;
  to += CONSTANTS;
#pragma GCC unroll 2
  for (const int32_t *end = from + words; from != end; to += 2) {
    const int32_t four = *from++;
    to[0] = fl_even_bytes(four);
    to[1] = fl_odd_bytes(four);
  }
}

void fl_depthwise_conv2d_dsp(const fl_window *window, const fl_dsp_filter *filter, int32_t input_zero, const fl_band *band,
                             int16_t *scratch) {
  const fl_window *w = window;
  const int32_t words = w->kernel_height * ((w->kernel_width + 3) / 4);
  const int32_t touched = (w->out_width - 1) * w->stride_width + w->kernel_width + 1;
  const int32_t outputs = w->out_width, row_elements = outputs * w->out_channels;
  const int32_t filter_step = CONSTANTS + 2 * words;
  int32_t *filters = (int32_t *)(void *)scratch;
  int16_t *rows = scratch + 2 * CHANNELS * filter_step;
  const int16_t border = (int16_t)(input_zero + 128);
  const int32_t height = w->kernel_height, stride = w->stride_height;
  const int32_t is_small = height == 3 && w->kernel_width == 3;
  const int32_t width = (touched + 1) & ~1, room = width - w->pad_left;
  fl_planes planes = {rows, rows + height * CHANNELS * width, CHANNELS * width, width,
                      w->in_width < room ? w->in_width : room, CHANNELS, border, border == 0 && !is_small, 0, rows, NULL, 0};
  fill(border, height * planes.row_step, rows);
  const int32_t *packed = filter->weights;
  for (int32_t channel = 0; channel < w->out_channels; channel += CHANNELS) {
    const int32_t left = w->out_channels - channel;
    planes.channels = left < CHANNELS ? left : CHANNELS;
    fl_line line = {rows, planes.row_step, width, 0, height, 0, 0, filters, filter_step, planes.channels, outputs,
                    w->out_channels, NULL};
    for (int32_t c = 0; c < planes.channels; c++, packed += CONSTANTS + words) {
      widen_filter(packed, words, filters + c * filter_step);
    }
    int32_t top = band->from * stride, first = 0;
    start(w, band, channel, top, &planes);
    for (int32_t oy = band->from; oy < band->to; oy++, top += stride) {
      load_rows(w, band, top, top + height, &planes);
      aim(w, &planes, top, first, &line);
      line.output = fl_output_row(band, oy, row_elements) + channel;
      some_lines(w, &line);
      for (first += stride; first >= height;) first -= height;
    }
  }
}
