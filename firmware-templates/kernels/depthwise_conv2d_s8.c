#include "fl_plain.h"
#include "fl_kernels.h"
#include "fl_mask_fill.h"
#include "fl_output.h"
#include "fl_rows.h"

/* Cores with DSP instructions have another kernel for those that are common. */
#if FL_DSP
enum { IS_COMMON = 0 };
#else
enum { IS_COMMON = 1 };
#endif

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

/* row: of the input at its `channel`; NULL above and below the map. */
static void load_row(const fl_window *w, const int8_t *values, int32_t zero, int16_t *row, int32_t width) {
  const int32_t left = w->pad_left < width ? w->pad_left : width;
  const int32_t right = w->in_width + w->pad_left < width ? w->in_width + w->pad_left : width;
  const int32_t step = w->in_channels;
  int32_t x = 0;
  for (; x < (values != NULL ? left : width); x++) row[x] = 0;
  for (; x < right; x++, values += step) row[x] = (int16_t)(*values - zero);
  for (; x < width; x++) row[x] = 0;
}

static void load_rows(const fl_window *w, const fl_band *band, int32_t channel, int32_t zero, int32_t out_row, fl_ring *ring) {
  const int32_t first = out_row * w->stride_height;
  if (ring->next < first) ring->next = first;
  for (; ring->next < first + ring->count; ring->next++) {
    const int32_t y = ring->next - w->pad_top;
    const int32_t is_inside = y >= 0 && y < w->in_height;
    const int8_t *values = is_inside ? fl_input_row(band, y, w->in_width * w->in_channels) + channel : NULL;
    load_row(w, values, zero, row_at(ring, ring->next), ring->width);
  }
}

/* Sums of two outputs, which share the weights. */
typedef struct {
  int32_t first, second;
} fl_two_sums;

/* What one row of the kernel adds. */
static inline fl_two_sums two_rows(const int16_t *first, const int16_t *second, const int8_t *weights, int32_t count,
                                   int32_t step, fl_two_sums sums) {
  for (int32_t kx = 0; kx < count; kx++, first += step, second += step) {
    const int32_t weight = *weights++;
    sums.first += weight * *first;
    sums.second += weight * *second;
  }
  return sums;
}

/* distance: elements from the first output's input to the second's. */
static fl_two_sums two_outputs(const fl_window *w, const fl_ring *ring, int32_t top, int32_t left, int32_t distance,
                               const int8_t *weights) {
  const int32_t taps = w->kernel_width, step = w->dilation_width;
  fl_two_sums sums = {0, 0};
  for (int32_t ky = 0; ky < w->kernel_height; ky++, weights += taps, top += w->dilation_height) {
    const int16_t *row = row_at(ring, top) + left;
    sums = IS_COMMON && step == 1 ? two_rows(row, row + distance, weights, taps, 1, sums)
                     : two_rows(row, row + distance, weights, taps, step, sums);
  }
  return sums;
}

/* The last of an odd number of outputs is computed twice. */
static void any_kernel(const fl_window *w, const fl_ring *ring, int32_t top, const int8_t *weights, fl_output o, fl_sink to) {
  const int32_t channels = w->out_channels, width = w->out_width, stride = w->stride_width;
  for (int32_t ox = 0, index = 0; ox < width; ox += 2, index += 2 * channels) {
    const int32_t is_pair = ox + 1 < width;
    const fl_two_sums sums = two_outputs(w, ring, top, ox * stride, is_pair ? stride : 0, weights);
    for (int32_t i = 0; i <= is_pair; i++) fl_put(o, i == 0 ? sums.first : sums.second, to, index + i * channels);
  }
}

/* Almost every depthwise layer is one of these. */
static void three_by_three(const fl_window *w, const fl_ring *ring, int32_t top, const int8_t *k, fl_output o,
                           fl_sink to) {
  const int16_t *a = row_at(ring, top), *b = row_at(ring, top + 1), *c = row_at(ring, top + 2);
  const int32_t stride = w->stride_width, channels = w->out_channels, width = w->out_width;
  for (int32_t ox = 0, index = 0; ox < width; ox++, a += stride, b += stride, c += stride, index += channels) {
    const int32_t sum = k[0] * a[0] + k[1] * a[1] + k[2] * a[2] + k[3] * b[0] + k[4] * b[1] + k[5] * b[2] + k[6] * c[0] +
                        k[7] * c[1] + k[8] * c[2];
    fl_put(o, sum, to, index);
  }
}

void fl_depthwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                            uint8_t *mask, int16_t *scratch) {
  const fl_window *w = window;
  const int32_t taps = w->kernel_height * w->kernel_width;
  const int32_t multiplier = w->out_channels / w->in_channels;
  const int32_t row_elements = w->out_width * w->out_channels;
  const int32_t is_dense = w->dilation_height == 1 && w->dilation_width == 1;
  const int32_t is_3x3 = IS_COMMON && w->kernel_height == 3 && w->kernel_width == 3 && is_dense;
  fl_ring ring = {scratch, (w->kernel_height - 1) * w->dilation_height + 1,
                  (w->out_width - 1) * w->stride_width + (w->kernel_width - 1) * w->dilation_width + 1, 0};
  fl_map_mask_fill(mask, band->from, w->out_height * row_elements);
  for (int32_t c = 0; c < w->out_channels; c++) {
    const fl_output o = fl_output_of(filter, range, c);
    const int8_t *weights = (c < filter->trained_inputs ? filter->trained : filter->weights) + c * taps;
    ring.next = 0;
    for (int32_t oy = band->from; oy < band->to; oy++) {
      const fl_sink to = {fl_output_row(band, oy, row_elements) + c, mask, oy * row_elements + c};
      load_rows(w, band, c / multiplier, range->input_zero, oy, &ring);
      if (is_3x3) {
        three_by_three(w, &ring, oy * w->stride_height, weights, o, to);
      } else {
        any_kernel(w, &ring, oy * w->stride_height, weights, o, to);
      }
    }
  }
}
