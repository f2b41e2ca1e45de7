/*
 * Four channels at a time, whose input rows are spread into a ring (fl_planes_dsp.h); their weights are widened beside them.
 */
#include <stddef.h>

#include "fl_dsp.h"
#include "fl_dsp_kernels.h"
#include "fl_planes_dsp.h"
#include "fl_rows.h"
#include "fl_taps_dsp.h"

/* CONSTANTS: words of requantisation a channel: an fl_affine, or a packed fl_exact, whose first word is negative. */
enum { CHANNELS = FL_PLANES, CONSTANTS = 3 };

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

/* The first output begins at a whole word: an odd number of them ends a row. */
static FL_INLINE fl_sums sums_of_three(const fl_three *rows, const int32_t *filter, int32_t stride, int32_t outputs) {
  const fl_sums none = {0, 0, 0, 0, 0};
  return three_rows(none, rows, filter + CONSTANTS, stride, outputs, 1);
}

/* Channels that have no affine form are rare: one output or two at a time. */
static __attribute__((noinline)) void put_exact(fl_sums s, const int32_t *filter, int32_t outputs, int32_t step,
                                                int8_t *at) {
  const fl_exact by = {filter[1], filter[2], (int8_t)(uint8_t)((uint32_t)filter[0] & 0xffu), filter[0] & ~0xff};
  at[0] = fl_exact_output(by, fl_wrapped_sum(s.a, s.a));
  if (outputs > 1) at[step] = fl_exact_output(by, fl_wrapped_sum(s.b, s.b));
}

/* Constants are read once for all outputs, because a stored byte could be part of them for all the compiler knows. */
static FL_INLINE int8_t *put_sums(fl_sums s, const int32_t *filter, int32_t outputs, int32_t step, int8_t *at) {
  const fl_affine by = *(const fl_affine *)filter;
  at[0] = fl_affine_output(by, s.a);
  if (outputs == 1) return at + step;
  at[step] = fl_affine_output(by, s.b);
  at += 2 * step;
  FL_KEEP(at);
  if (outputs == 2) return at;
  at[0] = fl_affine_output(by, s.c);
  at[step] = fl_affine_output(by, s.d);
  at += 2 * step;
  FL_KEEP(at);
  if (outputs > 4) at[0] = fl_affine_output(by, s.e);
  return at;
}

/* Outputs of a channel side by side, and on to those after them. */
static FL_INLINE int8_t *put_three(fl_three *rows, const int32_t *filter, int32_t stride, int32_t outputs, int32_t step,
                                   int8_t *at) {
  at = put_sums(sums_of_three(rows, filter, stride, outputs), filter, outputs, step, at);
  move_on(rows, outputs * stride);
  return at;
}

/* A row of a channel that has no affine form. */
static FL_INLINE void put_three_exact(fl_three rows, const int32_t *filter, int32_t stride, int32_t outputs, int32_t step,
                                      int8_t *at) {
  for (; outputs > 1; outputs -= 2, at += 2 * step) {
    put_exact(sums_of_three(&rows, filter, stride, 2), filter, 2, step, at);
    move_on(&rows, 2 * stride);
  }
  if (outputs > 0) put_exact(sums_of_three(&rows, filter, stride, 1), filter, 1, step, at);
}

/* is_five: there are five outputs, which are done at once. */
static FL_INLINE void lines_of_three(const fl_line *line, int32_t stride, int32_t is_five) {
  const fl_line l = *line;
  const int32_t second = l.first + 1 < l.count ? l.first + 1 : l.first + 1 - l.count;
  const int32_t third = second + 1 < l.count ? second + 1 : second + 1 - l.count;
  const int32_t *filter = l.filter;
  fl_three rows = {l.rows + l.first * l.row_step, l.rows + second * l.row_step, l.rows + third * l.row_step};
  for (int8_t *output = l.output, *end = output + l.channels; output != end; output++) {
    int32_t done = 0;
    if (filter[0] < 0) {
      put_three_exact(rows, filter, stride, l.outputs, l.step, output);
    } else if (is_five) {
      put_sums(sums_of_three(&rows, filter, stride, 5), filter, 5, l.step, output);
    } else {
      int8_t *at = output;
      int32_t left = l.outputs;
      for (; left > 3; left -= 4) at = put_three(&rows, filter, stride, 4, l.step, at);
      if (left > 1) at = put_three(&rows, filter, stride, 2, l.step, at);
      if ((left & 1) != 0) put_sums(sums_of_three(&rows, filter, stride, 1), filter, 1, l.step, at);
      done = (l.outputs & ~1) * stride;
    }
    move_on(&rows, l.width - done);
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
    if (filter[0] < 0) {
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
  const int32_t a = from[0], b = from[1], c = from[2];
  to[0] = a;
  to[1] = b;
  to[2] = c;
  from += CONSTANTS;
  to += CONSTANTS;
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
  const int32_t border = input_zero + 128;
  const int32_t height = w->kernel_height, stride = w->stride_height;
  const int32_t is_small = height == 3 && w->kernel_width == 3;
  const int32_t width = (touched + 1) & ~1, room = width - w->pad_left;
  fl_planes planes = {rows, rows + height * CHANNELS * width, CHANNELS * width, width, w->in_width < room ? w->in_width : room,
                      CHANNELS, fl_low_halves(border, border), border == 0 && !is_small, 0, rows, NULL, 0};
  fl_planes_clear(&planes);
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
    fl_planes_start(w, band, channel, top, &planes);
    for (int32_t oy = band->from; oy < band->to; oy++, top += stride) {
      fl_planes_load(w, band, top, top + height, &planes);
      aim(w, &planes, top, first, &line);
      line.output = fl_output_row(band, oy, row_elements) + channel;
      some_lines(w, &line);
      for (first += stride; first >= height;) first -= height;
    }
  }
}
