#include "fl_kernels.h"
#include "fl_mask_fill.h"
#include "fl_output.h"

/*
 * One channel at a time. The input rows under the kernel are copied out of the HWC map into a ring of zero-bordered
 * int16 rows (x - zero), so that the inner loop meets no border and no stride over channels.
 */
typedef struct {
  int16_t *rows;
  int32_t count; /* rows in the ring: the reach of the kernel */
  int32_t width; /* elements of a row: all that the kernel touches */
  int32_t next;  /* first padded row that is not in the ring yet */
} fl_ring;

static inline int16_t *row_at(const fl_ring *ring, int32_t padded_row) {
  return ring->rows + padded_row % ring->count * ring->width;
}

static void load_row(const fl_window *w, const int8_t *channel, int32_t zero, int32_t y, int16_t *row, int32_t width) {
  const int32_t left = w->pad_left < width ? w->pad_left : width;
  const int32_t right = w->in_width + w->pad_left < width ? w->in_width + w->pad_left : width;
  const int32_t is_inside = y >= 0 && y < w->in_height;
  const int32_t step = w->in_channels;
  const int8_t *values = channel + (is_inside ? y * w->in_width * step : 0);
  int32_t x = 0;
  for (; x < (is_inside ? left : width); x++) row[x] = 0;
  for (; x < right; x++, values += step) row[x] = (int16_t)(*values - zero);
  for (; x < width; x++) row[x] = 0;
}

static void load_rows(const fl_window *w, const int8_t *channel, int32_t zero, int32_t out_row, fl_ring *ring) {
  const int32_t first = out_row * w->stride_height;
  if (ring->next < first) ring->next = first;
  for (; ring->next < first + ring->count; ring->next++) {
    load_row(w, channel, zero, ring->next - w->pad_top, row_at(ring, ring->next), ring->width);
  }
}

/* Where the outputs of one row of one channel go. */
typedef struct {
  int8_t *output;
  uint8_t *mask;
  int32_t index;
} fl_row_sink;

static void any_kernel(const fl_window *w, const fl_ring *ring, int32_t top, const int8_t *weights, fl_output o,
                       fl_row_sink to) {
  for (int32_t ox = 0; ox < w->out_width; ox++, to.index += w->out_channels) {
    const int8_t *weight = weights;
    int32_t sum = 0;
    for (int32_t ky = 0; ky < w->kernel_height; ky++) {
      const int16_t *row = row_at(ring, top + ky * w->dilation_height) + ox * w->stride_width;
      for (int32_t kx = 0; kx < w->kernel_width; kx++) sum += *weight++ * row[kx * w->dilation_width];
    }
    fl_put(o, sum, to.output, to.mask, to.index);
  }
}

/* Almost every depthwise layer is one of these. */
static void three_by_three(const fl_window *w, const fl_ring *ring, int32_t top, const int8_t *k, fl_output o,
                           fl_row_sink to) {
  const int16_t *a = row_at(ring, top), *b = row_at(ring, top + 1), *c = row_at(ring, top + 2);
  const int32_t stride = w->stride_width, channels = w->out_channels, width = w->out_width;
  for (int32_t ox = 0; ox < width; ox++, a += stride, b += stride, c += stride, to.index += channels) {
    const int32_t sum = k[0] * a[0] + k[1] * a[1] + k[2] * a[2] + k[3] * b[0] + k[4] * b[1] + k[5] * b[2] + k[6] * c[0] +
                        k[7] * c[1] + k[8] * c[2];
    fl_put(o, sum, to.output, to.mask, to.index);
  }
}

void fl_depthwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const int8_t *input,
                            int8_t *output, uint8_t *mask, int16_t *scratch) {
  const fl_window *w = window;
  const int32_t taps = w->kernel_height * w->kernel_width;
  const int32_t multiplier = w->out_channels / w->in_channels;
  const int32_t is_3x3 = w->kernel_height == 3 && w->kernel_width == 3 && w->dilation_height == 1 && w->dilation_width == 1;
  fl_ring ring = {scratch, (w->kernel_height - 1) * w->dilation_height + 1,
                  (w->out_width - 1) * w->stride_width + (w->kernel_width - 1) * w->dilation_width + 1, 0};
  fl_mask_fill(mask, w->out_height * w->out_width * w->out_channels);
  for (int32_t c = 0; c < w->out_channels; c++) {
    const fl_output o = fl_output_of(filter, range, c);
    const int8_t *weights = filter->weights + c * taps;
    fl_row_sink to = {output, mask, c};
    ring.next = 0;
    for (int32_t oy = 0; oy < w->out_height; oy++, to.index += w->out_width * w->out_channels) {
      load_rows(w, input + c / multiplier, range->input_zero, oy, &ring);
      if (is_3x3) {
        three_by_three(w, &ring, oy * w->stride_height, weights, o, to);
      } else {
        any_kernel(w, &ring, oy * w->stride_height, weights, o, to);
      }
    }
  }
}
