/* Every map kernel, row by row through rings that hold no more than one output row needs, gives the bytes of one whole call. */
#include <string.h>

#include "check.h"
#include "fl_kernels.h"
#include "fl_step.h"

enum { CASES = 400, LONGEST = 9, MOST_CHANNELS = 6, MAP = 4 * LONGEST * LONGEST * MOST_CHANNELS * 4, SCRATCH = 1 << 14 };

static uint32_t state = 1;
static int32_t below(int32_t limit) { return (int32_t)(fl_hash(state++) % (uint32_t)limit); }

static void fill(void *bytes, size_t count) {
  uint8_t *out = bytes;
  for (size_t i = 0; i < count; i++) out[i] = (uint8_t)below(256);
}

typedef enum { CONV, POINTWISE, DEPTHWISE, TRANSPOSED, AVERAGE, LARGEST, RESIZE, KINDS } kind;

typedef struct {
  kind kind;
  fl_window window;
  fl_filter filter;
  fl_range range;
  fl_resize resize;
} layer;

static int8_t weights[1 << 14];
static int32_t bias[64], multipliers[64];
static int8_t shifts[64];
static uint16_t rows[LONGEST * 4], columns[LONGEST * 4];
static int16_t scratch[SCRATCH];

static void call(const layer *l, const fl_band *band) {
  fill(scratch, sizeof scratch);
  switch (l->kind) {
    case CONV: fl_conv2d_s8(&l->window, &l->filter, &l->range, band, NULL, scratch); break;
    case POINTWISE: fl_pointwise_conv2d_s8(&l->window, &l->filter, &l->range, band, NULL, scratch); break;
    case DEPTHWISE: fl_depthwise_conv2d_s8(&l->window, &l->filter, &l->range, band, NULL, scratch); break;
    case TRANSPOSED: fl_transpose_conv2d_s8(&l->window, &l->filter, &l->range, band); break;
    case AVERAGE: fl_average_pool2d_s8(&l->window, &l->range, band); break;
    case LARGEST: fl_max_pool2d_s8(&l->window, &l->range, band); break;
    case RESIZE: fl_resize_nearest_s8(&l->resize, band); break;
    case KINDS: break;
  }
}

/* Input rows [first, last] that output row `row` reads. */
static void rows_for(const layer *l, int32_t row, int32_t *first, int32_t *last) {
  const fl_window *w = &l->window;
  if (l->kind == RESIZE) {
    *first = *last = rows[row];
  } else if (l->kind == TRANSPOSED) {
    *last = (row + w->pad_top) / w->stride_height;
    *first = *last - (w->kernel_height - 1) / w->stride_height;
  } else {
    *first = row * w->stride_height - w->pad_top;
    *last = *first + (w->kernel_height - 1) * w->dilation_height;
  }
  if (*first < 0) *first = 0;
  if (*last >= w->in_height) *last = w->in_height - 1;
}

static int32_t outputs_of(int32_t in, int32_t kernel, int32_t stride, int32_t dilation, int32_t padding) {
  return (in + padding - (kernel - 1) * dilation - 1) / stride + 1;
}

/* Extents of the output; 0 where the window does not fit. */
static int32_t fits(fl_window *w, kind kind) {
  const int32_t after = below(3);
  if (kind == RESIZE) {
    w->out_height = 1 + below(2 * LONGEST);
    w->out_width = 1 + below(2 * LONGEST);
  } else if (kind == TRANSPOSED) {
    w->out_height = (w->in_height - 1) * w->stride_height + w->kernel_height - w->pad_top - after;
    w->out_width = (w->in_width - 1) * w->stride_width + w->kernel_width - w->pad_left - after;
  } else {
    if (w->in_height + w->pad_top + after < (w->kernel_height - 1) * w->dilation_height + 1) return 0;
    if (w->in_width + w->pad_left + after < (w->kernel_width - 1) * w->dilation_width + 1) return 0;
    w->out_height = outputs_of(w->in_height, w->kernel_height, w->stride_height, w->dilation_height, w->pad_top + after);
    w->out_width = outputs_of(w->in_width, w->kernel_width, w->stride_width, w->dilation_width, w->pad_left + after);
  }
  return w->out_height > 0 && w->out_width > 0;
}

static int32_t draw(layer *l, kind kind) {
  fl_window *w = &l->window;
  const int32_t is_pool = kind == AVERAGE || kind == LARGEST;
  const int32_t is_plain = kind == POINTWISE || kind == RESIZE;
  *w = (fl_window){.in_height = 1 + below(LONGEST), .in_width = 1 + below(LONGEST), .in_channels = 1 + below(MOST_CHANNELS)};
  w->kernel_height = is_plain ? 1 : 1 + below(4);
  w->kernel_width = is_plain ? 1 : 1 + below(4);
  w->stride_height = is_plain ? 1 : 1 + below(3);
  w->stride_width = is_plain ? 1 : 1 + below(3);
  w->dilation_height = is_plain || is_pool || kind == TRANSPOSED ? 1 : 1 + below(2);
  w->dilation_width = is_plain || is_pool || kind == TRANSPOSED ? 1 : 1 + below(2);
  w->pad_top = is_plain ? 0 : below(is_pool ? w->kernel_height : 4);
  w->pad_left = is_plain ? 0 : below(is_pool ? w->kernel_width : 4);
  w->out_channels = is_pool || kind == RESIZE ? w->in_channels : kind == DEPTHWISE ? w->in_channels * (1 + below(3)) : 1 + below(9);
  if (kind == POINTWISE) {
    w->out_height = w->in_height;
    w->out_width = w->in_width;
  } else if (!fits(w, kind)) {
    return 0;
  }
  /* A window of an average pool never lies beside the map. */
  if (is_pool && ((w->out_height - 1) * w->stride_height - w->pad_top >= w->in_height)) return 0;
  if (is_pool && ((w->out_width - 1) * w->stride_width - w->pad_left >= w->in_width)) return 0;
  l->kind = kind;
  l->filter = (fl_filter){
      .weights = weights, .bias = below(4) == 0 ? NULL : bias, .multiplier = multipliers, .shift = shifts};
  l->range = (fl_range){below(256) - 128, below(256) - 128, below(100) - 128, below(100) + 28};
  l->resize = (fl_resize){w->in_width, w->out_width, w->in_channels, rows, columns};
  for (int32_t i = 0; i < 64; i++) {
    bias[i] = below(4001) - 2000;
    multipliers[i] = (1 << 30) + below(1 << 30);
    shifts[i] = (int8_t)(-below(12));
  }
  for (int32_t i = 0; i < LONGEST * 4; i++) {
    rows[i] = (uint16_t)below(w->in_height);
    columns[i] = (uint16_t)below(w->in_width);
  }
  return 1;
}

/* The most input rows that one output row reads. */
static int32_t ring_rows(const layer *l) {
  int32_t most = 1;
  for (int32_t row = 0; row < l->window.out_height; row++) {
    int32_t first, last;
    rows_for(l, row, &first, &last);
    if (last - first + 1 > most) most = last - first + 1;
  }
  return most;
}

static int8_t input[MAP], whole[MAP], ring_in[MAP], ring_out[MAP];

static void compare(const layer *l) {
  const fl_window *w = &l->window;
  const size_t in_row = (size_t)(w->in_width * w->in_channels);
  const size_t out_row = (size_t)(w->out_width * w->out_channels);
  fill(input, in_row * (size_t)w->in_height);
  const fl_band all = {input, w->in_height, whole, w->out_height, 0, w->out_height};
  call(l, &all);
  const int32_t in_rows = ring_rows(l), out_rows = 1 + below(3);
  for (int32_t from = 0, to; from < w->out_height; from = to) {
    to = from + 1;
    fill(ring_in, in_row * (size_t)in_rows);
    int32_t first, last;
    rows_for(l, from, &first, &last);
    for (int32_t y = first; y <= last; y++) {
      memcpy(ring_in + (size_t)(y % in_rows) * in_row, input + (size_t)y * in_row, in_row);
    }
    const fl_band band = {ring_in, in_rows, ring_out, out_rows, from, to};
    call(l, &band);
    CHECK(memcmp(ring_out + (size_t)(from % out_rows) * out_row, whole + (size_t)from * out_row, out_row) == 0);
  }
  /* Several rows at once, of a whole input to a whole output. */
  const int32_t middle = below(w->out_height + 1);
  fill(ring_out, out_row * (size_t)w->out_height);
  const fl_band upper = {input, w->in_height, ring_out, w->out_height, 0, middle};
  const fl_band lower = {input, w->in_height, ring_out, w->out_height, middle, w->out_height};
  call(l, &upper);
  call(l, &lower);
  CHECK(memcmp(ring_out, whole, out_row * (size_t)w->out_height) == 0);
}

int main(void) {
  fill(weights, sizeof weights);
  for (kind k = CONV; k < KINDS; k++) {
    int32_t done = 0;
    for (int32_t i = 0; i < CASES; i++) {
      layer l;
      if (!draw(&l, k)) continue;
      compare(&l);
      done++;
    }
    CHECK(done > CASES / 4);
  }
  return 0;
}
