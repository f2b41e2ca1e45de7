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
  const int32_t four = (int32_t)((uint32_t)(uint8_t)value * 0x01010101u);
  for (; count >= 4; count -= 4, to += 4) fl_store_word(to, four);
  for (; count > 0; count--) *to++ = value;
  return to;
}

/* One row of the kernel, which begins at column `left`; values: the input row, NULL above and below the map. */
static int8_t *gather_row(const fl_window *w, const int8_t *values, int32_t left, int8_t zero, int8_t *to) {
  const int32_t depth = w->in_channels, taps = w->kernel_width;
  if (values == NULL) return fill_bytes(zero, taps * depth, to);
  if (w->dilation_width == 1) {
    const int32_t before = left < 0 ? -left : 0, over = left + taps - w->in_width;
    const int32_t begin = before < taps ? before : taps, end = over <= 0 ? taps : over < taps - begin ? taps - over : begin;
    to = fill_bytes(zero, begin * depth, to);
    to = copy_bytes(values + (left + begin) * depth, (end - begin) * depth, to);
    return fill_bytes(zero, (taps - end) * depth, to);
  }
  for (int32_t kx = 0, x = left; kx < taps; kx++, x += w->dilation_width) {
    to = x >= 0 && x < w->in_width ? copy_bytes(values + x * depth, depth, to) : fill_bytes(zero, depth, to);
  }
  return to;
}

/* The inputs under the kernel at one output pixel, in weight order, the zero point where it hangs over the edge. */
static __attribute__((noinline)) void gather(const fl_window *w, const fl_band *band, int8_t zero, int32_t oy, int32_t ox,
                                             int8_t *to) {
  const int32_t left = ox * w->stride_width - w->pad_left, row_bytes = w->in_width * w->in_channels;
  int32_t y = oy * w->stride_height - w->pad_top;
  for (int32_t ky = 0; ky < w->kernel_height; ky++, y += w->dilation_height) {
    const int8_t *values = y >= 0 && y < w->in_height ? fl_input_row(band, y, row_bytes) : NULL;
    to = gather_row(w, values, left, zero, to);
  }
}

/* Output pixels [from, to) of a row under whose kernels no edge of the map lies and no ring wraps. */
typedef struct {
  int32_t from, to;
  const int8_t *inputs; /* what a kernel at pixel 0 would meet first */
} fl_inside;

static fl_inside inside_of(const fl_window *w, const fl_band *band, int32_t oy) {
  const int32_t y = oy * w->stride_height - w->pad_top;
  const int32_t room = w->in_width + w->pad_left - w->kernel_width;
  const int32_t is_dense = w->dilation_width == 1 && w->dilation_height == 1;
  if (!is_dense || room < 0 || y < 0 || y + w->kernel_height > w->in_height) return (fl_inside){0, 0, NULL};
  const int32_t row = fl_row_in_ring(y, band->input_rows);
  if (row + w->kernel_height > band->input_rows) return (fl_inside){0, 0, NULL};
  const int32_t from = (w->pad_left + w->stride_width - 1) / w->stride_width;
  const int32_t offset = row * w->in_width - w->pad_left;
  return (fl_inside){from, room / w->stride_width + 1, band->input + offset * w->in_channels};
}

/* Rows of the kernel that lie so, each `count` bytes; first kernels of small colour and grey pictures. */
static FL_INLINE void gather_rows(const int8_t *from, int32_t rows, int32_t row_bytes, int32_t count, int8_t *to) {
  for (; rows > 0; rows--, from += row_bytes) to = copy_bytes(from, count, to);
}

static __attribute__((noinline)) void gather_inside(const int8_t *from, int32_t rows, int32_t row_bytes, int32_t count,
                                                    int8_t *to) {
  switch (count) {
    case 3: gather_rows(from, rows, row_bytes, 3, to); break;
    case 4: gather_rows(from, rows, row_bytes, 4, to); break;
    case 9: gather_rows(from, rows, row_bytes, 9, to); break;
    default: gather_rows(from, rows, row_bytes, count, to); break;
  }
}

void fl_conv2d_dsp(const fl_window *window, const fl_dsp_filter *filter, int32_t input_zero, const fl_band *band,
                   int16_t *scratch) {
  const fl_window *w = window;
  const int32_t taps = w->kernel_height * w->kernel_width * w->in_channels, depth = (taps + 7) & ~7;
  const int32_t outputs = w->out_channels, width = w->out_width;
  const int32_t together = width < FL_DSP_PIXELS ? width : FL_DSP_PIXELS;
  const int32_t row_bytes = w->in_width * w->in_channels, row_count = w->kernel_width * w->in_channels;
  const int32_t step = w->stride_width * w->in_channels;
  int8_t *const columns = (int8_t *)(scratch + together * depth);
  fill_bytes(0, together * depth, columns); /* what lies behind the taps meets weights of 0 */
  for (int32_t oy = band->from; oy < band->to; oy++) {
    const fl_inside inside = inside_of(w, band, oy);
    int8_t *output = fl_output_row(band, oy, width * outputs);
    for (int32_t ox = 0, some; ox < width; ox += some, output += some * outputs) {
      some = fl_dsp_pixels(width - ox);
      int8_t *column = columns;
      for (int32_t x = ox; x < ox + some; x++, column += depth) {
        if (x >= inside.from && x < inside.to) {
          gather_inside(inside.inputs + x * step, w->kernel_height, row_bytes, row_count, column);
        } else {
          gather(w, band, (int8_t)input_zero, oy, x, column);
        }
      }
      fl_widen_dsp(columns, some, depth, scratch);
      fl_columns_dsp(filter, scratch, some, depth, outputs, output);
    }
  }
}
