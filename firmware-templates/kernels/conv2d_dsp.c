#include <stddef.h>

#include "fl_dsp.h"
#include "fl_dsp_kernels.h"
#include "fl_rows.h"

static FL_INLINE int8_t *copy_bytes(const int8_t *from, int32_t count, int8_t *to) {
  for (; count >= 4; count -= 4, from += 4, to += 4) fl_store_word(to, fl_load_word(from));
  if ((count & 2) != 0) {
    __builtin_memcpy(to, from, 2);
    from += 2;
    to += 2;
  }
  if ((count & 1) != 0) *to++ = *from;
  return to;
}

static int8_t *fill_bytes(int8_t value, int32_t count, int8_t *to) {
  for (; count > 0; count--) *to++ = value;
  return to;
}

/* One row of the kernel; values: the input row, NULL above and below the map. */
static int8_t *gather_row(const fl_window *w, const int8_t *values, int32_t left, int8_t zero, int8_t *to) {
  const int32_t depth = w->in_channels, taps = w->kernel_width;
  if (values == NULL) return fill_bytes(zero, taps * depth, to);
  if (w->dilation_width == 1 && left >= 0 && left + taps <= w->in_width) {
    copy_bytes(values + left * depth, taps * depth, to);
    return to + taps * depth;
  }
  for (int32_t kx = 0, x = left; kx < taps; kx++, x += w->dilation_width, to += depth) {
    if (x >= 0 && x < w->in_width) {
      copy_bytes(values + x * depth, depth, to);
    } else {
      fill_bytes(zero, depth, to);
    }
  }
  return to;
}

/* The inputs under the kernel at one output pixel, in weight order, the zero point where it hangs over the edge. */
static void gather(const fl_window *w, const fl_band *band, int8_t zero, int32_t oy, int32_t ox, int8_t *to) {
  const int32_t left = ox * w->stride_width - w->pad_left, row_bytes = w->in_width * w->in_channels;
  int32_t y = oy * w->stride_height - w->pad_top;
  for (int32_t ky = 0; ky < w->kernel_height; ky++, y += w->dilation_height) {
    const int8_t *values = y >= 0 && y < w->in_height ? fl_input_row(band, y, row_bytes) : NULL;
    to = gather_row(w, values, left, zero, to);
  }
}

/* The same where the kernel does not hang over an edge, and a ring does not wrap under it. */
static FL_INLINE void gather_inside(const int8_t *from, int32_t rows, int32_t row_bytes, int32_t count, int8_t *to) {
  for (; rows > 0; rows--, from += row_bytes) to = copy_bytes(from, count, to);
}

/* What the kernel meets first at pixel `ox`, if it and those after it up to `end` lie so; otherwise NULL. */
static const int8_t *inside_at(const fl_window *w, const fl_band *band, int32_t oy, int32_t ox, int32_t end) {
  const int32_t left = ox * w->stride_width - w->pad_left, y = oy * w->stride_height - w->pad_top;
  const int32_t right = (end - 1) * w->stride_width - w->pad_left + w->kernel_width;
  const int32_t is_dense = w->dilation_width == 1 && w->dilation_height == 1;
  if (!is_dense || left < 0 || right > w->in_width || y < 0 || y + w->kernel_height > w->in_height) return NULL;
  const int32_t row = fl_row_in_ring(y, band->input_rows);
  if (row + w->kernel_height > band->input_rows) return NULL;
  return band->input + (row * w->in_width + left) * w->in_channels;
}

/* One gathered column among `pixels` that stand side by side. */
static void widen_column(const int8_t *bytes, int32_t depth, int32_t pixels, int32_t *column) {
  for (; depth > 0; depth -= 8, bytes += 8, column += 2 * pixels) {
    const int32_t four = fl_load_word(bytes), next = fl_load_word(bytes + 4);
    column[0] = fl_even_bytes(four);
    column[pixels] = fl_odd_bytes(four);
    column += 2 * pixels;
    column[0] = fl_even_bytes(next);
    column[pixels] = fl_odd_bytes(next);
  }
}

void fl_conv2d_dsp(const fl_window *window, const fl_dsp_filter *filter, int32_t input_zero, const fl_band *band,
                   int16_t *scratch) {
  const fl_window *w = window;
  const int32_t outputs = w->out_channels, width = w->out_width;
  const int32_t taps = w->kernel_height * w->kernel_width * w->in_channels;
  const int32_t depth = (taps + 7) & ~7;
  const int32_t together = width < FL_DSP_PIXELS ? width : FL_DSP_PIXELS;
  const int32_t row_bytes = w->in_width * w->in_channels, row_count = w->kernel_width * w->in_channels;
  const int32_t step = w->stride_width * w->in_channels;
  int8_t *bytes = (int8_t *)(scratch + together * depth);
  fill_bytes(0, depth - taps, bytes + taps);
  for (int32_t oy = band->from; oy < band->to; oy++) {
    int8_t *output = fl_output_row(band, oy, width * outputs);
    for (int32_t ox = 0, some; ox < width; ox += some, output += some * outputs) {
      const int32_t left = width - ox;
      some = left <= FL_DSP_PIXELS ? left : 4;
      const int32_t first = some == FL_DSP_PIXELS ? 3 : some; /* as fl_columns_dsp takes them */
      const int8_t *inside = inside_at(w, band, oy, ox, ox + some);
      int32_t *column = (int32_t *)(void *)scratch;
      for (int32_t i = 0; i < some; i++, column++) {
        if (i == first) column += first * (depth / 2 - 1);
        if (inside != NULL) {
          gather_inside(inside, w->kernel_height, row_bytes, row_count, bytes);
          inside += step;
        } else {
          gather(w, band, (int8_t)input_zero, oy, ox + i, bytes);
        }
        widen_column(bytes, depth, i < first ? first : some - first, column);
      }
      fl_columns_dsp(filter, scratch, some, depth, outputs, output);
    }
  }
}
