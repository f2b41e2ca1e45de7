#include "fl_kernels.h"
#include "fl_output.h"
#include "fl_rows.h"

/*
 * Output pixel (oy, ox) is met by input pixel (iy, ix) through tap (ky, kx) where iy * stride + ky = oy + pad. Going through
 * the taps that have such an input, in any order, gives the sums of the scattering definition: int32 addition has no order.
 */

/* The first tap along one dimension that meets an input, and that input; the next ones are a stride on, one input back. */
typedef struct {
  int32_t tap, input;
} fl_meeting;

static fl_meeting first_meeting(int32_t position, int32_t stride, int32_t extent) {
  const int32_t input = position / stride;
  const int32_t tap = position % stride;
  const int32_t beyond = input - (extent - 1);
  return beyond > 0 ? (fl_meeting){tap + beyond * stride, extent - 1} : (fl_meeting){tap, input};
}

static int32_t dot(const int8_t *values, const int8_t *weights, int32_t depth, int32_t zero) {
  int32_t sum = 0;
  for (int32_t i = 0; i < depth; i++) sum += (values[i] - zero) * weights[i];
  return sum;
}

/* filter: the weights of one output channel. */
static int32_t sum_at(const fl_window *w, const fl_band *band, fl_meeting y, fl_meeting x, const int8_t *filter, int32_t zero) {
  const int32_t depth = w->in_channels;
  uint32_t sum = 0;
  for (int32_t ky = y.tap, iy = y.input; ky < w->kernel_height && iy >= 0; ky += w->stride_height, iy--) {
    const int8_t *row = fl_input_row(band, iy, w->in_width * depth);
    for (int32_t kx = x.tap, ix = x.input; kx < w->kernel_width && ix >= 0; kx += w->stride_width, ix--) {
      sum += (uint32_t)dot(row + ix * depth, filter + (ky * w->kernel_width + kx) * depth, depth, zero);
    }
  }
  return (int32_t)sum;
}

void fl_transpose_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band) {
  const fl_window *w = window;
  const int32_t taps = w->kernel_height * w->kernel_width;
  for (int32_t oy = band->from; oy < band->to; oy++) {
    const fl_meeting y = first_meeting(oy + w->pad_top, w->stride_height, w->in_height);
    fl_sink to = {fl_output_row(band, oy, w->out_width * w->out_channels), NULL, 0};
    for (int32_t ox = 0; ox < w->out_width; ox++, to.output += w->out_channels) {
      const fl_meeting x = first_meeting(ox + w->pad_left, w->stride_width, w->in_width);
      const int8_t *weights = filter->weights;
      for (int32_t channel = 0; channel < w->out_channels; channel++, weights += taps * w->in_channels) {
        const int32_t sum = sum_at(w, band, y, x, weights, range->input_zero);
        fl_put(fl_output_of(filter, range, channel), sum, to, channel);
      }
    }
  }
}
