/*
 * Built with -DFL_DSP=1: the forward kernels for cores with DSP instructions that take plain parameters, in plain C (fl_dsp.h), give
 * the bytes and masks that the definition of each operator gives; on random shapes, bands, clamps, shifts and trained parts.
 */
#include <string.h>

#include "check.h"
#include "fl_kernels.h"
#include "fl_output.h"
#include "fl_step.h"

void fl_add_plain(const fl_add *add, int32_t count, const int8_t *first, const int8_t *second, int8_t *output, uint8_t *mask);

enum { CASES = 400, MAP = 1 << 14, CHANNELS = 24 };

static uint32_t state = 1;
static int32_t below(int32_t limit) { return (int32_t)(fl_hash(state++) % (uint32_t)limit); }

static void fill(void *bytes, size_t count) {
  uint8_t *out = bytes;
  for (size_t i = 0; i < count; i++) out[i] = (uint8_t)below(256);
}

static int8_t input[MAP], expected[MAP], got[MAP];
static uint8_t expected_mask[MAP / 8], got_mask[MAP / 8];
static int8_t weights[MAP], trained[MAP];
static int32_t bias[CHANNELS], multipliers[CHANNELS];
static int8_t shifts[CHANNELS];
static uint8_t frozen[CHANNELS / 8];

static void draw_constants(void) {
  fill(input, sizeof input);
  fill(weights, sizeof weights);
  fill(trained, sizeof trained);
  fill(frozen, sizeof frozen);
  for (int32_t c = 0; c < CHANNELS; c++) {
    bias[c] = below(20) == 0 ? (int32_t)fl_hash(state++) : below(60000) - 30000;
    multipliers[c] = (1 << 30) + below(1 << 30);
    if (below(40) == 0) multipliers[c] = below(2) * (below(1 << 30));
    shifts[c] = (int8_t)(below(30) == 0 ? below(3) : -1 - below(12));
  }
}

static fl_range drawn_range(void) {
  if (below(4) != 0) return (fl_range){below(256) - 128, below(256) - 128, INT8_MIN, INT8_MAX};
  const int32_t low = below(200) - 128;
  return (fl_range){below(256) - 128, below(256) - 128, low, low + below(128 - low)};
}

static fl_filter drawn_filter(int32_t inputs) {
  return (fl_filter){.weights = weights,
                     .bias = below(8) == 0 ? NULL : bias,
                     .frozen = below(2) == 0 ? NULL : frozen,
                     .multiplier = multipliers,
                     .shift = shifts,
                     .trained = trained,
                     .trained_inputs = inputs};
}

/* A window whose map and kernel are not too large to be compared one by one. */
static fl_window drawn_window(int32_t kernel, int32_t stride, int32_t inputs, int32_t outputs) {
  const int32_t dilation = kernel > 1 && below(6) == 0 ? 2 : 1, reach = (kernel - 1) * dilation + 1;
  fl_window w = {.in_height = 1 + below(9), .in_width = 1 + below(11), .in_channels = inputs, .out_channels = outputs,
                 .kernel_height = kernel, .kernel_width = kernel, .stride_height = stride, .stride_width = stride,
                 .dilation_height = dilation, .dilation_width = dilation, .together = below(2) == 0 ? 2 : 4};
  w.pad_top = below(reach);
  w.pad_left = below(reach);
  w.out_height = (w.in_height + w.pad_top + below(reach) - reach) / stride + 1;
  w.out_width = (w.in_width + w.pad_left + below(reach) - reach) / stride + 1;
  if (w.out_height < 1) w.out_height = 1;
  if (w.out_width < 1) w.out_width = 1;
  return w;
}

/* x - zero under tap (ky, kx) of an output pixel. */
static int32_t input_at(const fl_window *w, const fl_range *r, int32_t oy, int32_t ox, int32_t ky, int32_t kx, int32_t i) {
  const int32_t y = oy * w->stride_height - w->pad_top + ky * w->dilation_height;
  const int32_t x = ox * w->stride_width - w->pad_left + kx * w->dilation_width;
  if (y < 0 || y >= w->in_height || x < 0 || x >= w->in_width) return 0;
  return input[(y * w->in_width + x) * w->in_channels + i] - r->input_zero;
}

static int32_t weight_at(const fl_window *w, const fl_filter *f, int32_t o, int32_t tap, int32_t i) {
  const int32_t taps = w->kernel_height * w->kernel_width, row = o * taps + tap;
  return i < f->trained_inputs ? trained[row * f->trained_inputs + i] : weights[row * w->in_channels + i];
}

static int32_t sum_of(const fl_window *w, const fl_filter *f, const fl_range *r, int32_t oy, int32_t ox, int32_t o,
                      int32_t is_depthwise) {
  int32_t sum = 0;
  for (int32_t tap = 0; tap < w->kernel_height * w->kernel_width; tap++) {
    const int32_t ky = tap / w->kernel_width, kx = tap % w->kernel_width;
    if (is_depthwise) {
      const int8_t *own = o < f->trained_inputs ? trained : weights;
      sum += own[o * w->kernel_height * w->kernel_width + tap] * input_at(w, r, oy, ox, ky, kx, o);
      continue;
    }
    for (int32_t i = 0; i < w->in_channels; i++) sum += weight_at(w, f, o, tap, i) * input_at(w, r, oy, ox, ky, kx, i);
  }
  return sum;
}

static void expect(const fl_window *w, const fl_filter *f, const fl_range *r, int32_t is_depthwise) {
  memset(expected, 0x5a, sizeof expected);
  memset(expected_mask, 0xff, sizeof expected_mask);
  for (int32_t oy = 0; oy < w->out_height; oy++) {
    for (int32_t ox = 0; ox < w->out_width; ox++) {
      const int32_t first = (oy * w->out_width + ox) * w->out_channels;
      const fl_sink to = {expected + first, expected_mask, first};
      for (int32_t o = 0; o < w->out_channels; o++) {
        fl_put(fl_output_of(f, r, o), sum_of(w, f, r, oy, ox, o, is_depthwise), to, o);
      }
    }
  }
}

/* Scratch of exactly the bytes that the planner gives, so that sanitizers see what lies behind. */
static int16_t *scratch_of(int32_t elements) {
  int16_t *scratch = malloc((size_t)elements * sizeof *scratch);
  CHECK(scratch != NULL);
  fill(scratch, (size_t)elements * sizeof *scratch);
  return scratch;
}

static int32_t column_elements(const fl_window *w, int32_t run) {
  const int32_t depth = w->kernel_height * w->kernel_width * w->in_channels;
  if (run < 4) return (run < 2 ? run : 2) * depth;
  return w->together == 4 ? 4 * ((depth + 3) & ~3) : 2 * depth;
}

/* Only kernels that are not dilated make use of more. */
static int32_t ring_elements(const fl_window *w, int32_t ring) {
  return w->together == 4 ? 4 * (ring + 136 / 2) : ring;
}

static void check_equal(const fl_window *w, int32_t has_mask) {
  CHECK(memcmp(expected, got, sizeof got) == 0);
  const size_t bytes = (size_t)(w->out_height * w->out_width * w->out_channels + 7) / 8;
  if (has_mask) CHECK(memcmp(expected_mask, got_mask, bytes) == 0);
}

typedef enum { GENERAL, POINTWISE, SPLIT, DEPTHWISE, KINDS } kind;

static void layer(kind kind) {
  static const int32_t kernels[] = {1, 2, 3, 3, 3, 5, 7};
  const int32_t kernel = kind == POINTWISE ? 1 : kernels[below(7)], stride = kind == POINTWISE ? 1 : 1 + below(2);
  const int32_t inputs = below(2) == 0 ? 4 * (1 + below(6)) : 1 + below(CHANNELS);
  const int32_t outputs = kind == DEPTHWISE ? inputs : 1 + below(12);
  fl_window w = drawn_window(kernel, stride, inputs, outputs);
  if (kind == POINTWISE) w.out_height = w.in_height, w.out_width = w.in_width;
  const int32_t run = kind == POINTWISE ? w.out_height * w.out_width : w.out_width;
  if (kind != DEPTHWISE && run < 4) w.together = 2; /* as the planner has it */
  const fl_filter filter = drawn_filter(kind == SPLIT || kind == DEPTHWISE ? below(inputs) : 0);
  const fl_range range = drawn_range();
  expect(&w, &filter, &range, kind == DEPTHWISE);
  uint8_t *const mask = below(2) == 0 ? NULL : got_mask;
  const int32_t reach = (kernel - 1) * w.dilation_height + 1, width = (w.out_width - 1) * stride + reach;
  int16_t *scratch = scratch_of(kind == DEPTHWISE ? ring_elements(&w, reach * width) : column_elements(&w, run));
  memset(got, 0x5a, sizeof got);
  memset(got_mask, 0, sizeof got_mask);
  const int32_t step = kind == POINTWISE || below(2) == 0 ? w.out_height : 1;
  for (int32_t from = 0; from < w.out_height; from += step) {
    const fl_band band = {input, w.in_height, got, w.out_height, from, from + step};
    switch (kind) {
      case GENERAL: fl_conv2d_s8(&w, &filter, &range, &band, mask, scratch); break;
      case POINTWISE: fl_pointwise_conv2d_s8(&w, &filter, &range, &band, mask, scratch); break;
      case SPLIT: fl_split_conv2d_s8(&w, &filter, &range, &band, mask, scratch); break;
      default: fl_depthwise_conv2d_s8(&w, &filter, &range, &band, mask, scratch); break;
    }
  }
  free(scratch);
  check_equal(&w, mask != NULL);
}

static void fully_connected(void) {
  const int32_t rows = 1 + below(4), depth = 1 + below(CHANNELS * 2), outputs = 1 + below(12);
  const fl_window w = {.in_height = 1, .in_width = rows, .in_channels = depth, .out_height = 1, .out_width = rows,
                       .out_channels = outputs, .kernel_height = 1, .kernel_width = 1, .stride_height = 1,
                       .stride_width = 1, .dilation_height = 1, .dilation_width = 1};
  const fl_filter filter = drawn_filter(0);
  const fl_range range = drawn_range();
  expect(&w, &filter, &range, 0);
  memset(got, 0x5a, sizeof got);
  int16_t *scratch = scratch_of(column_elements(&w, rows));
  fl_fully_connected_s8(rows, depth, outputs, &filter, &range, input, got, scratch);
  free(scratch);
  check_equal(&w, 0);
}

static void sum(void) {
  const int32_t whole = below(3), count = 1 + below(300);
  const fl_range range = drawn_range();
  const fl_add add = {.first_zero = below(256) - 128,
                      .first_multiplier = whole == 0 ? 1 << 30 : multipliers[0],
                      .first_shift = whole == 0 ? 0 : -below(9),
                      .second_zero = below(256) - 128,
                      .second_multiplier = whole == 1 ? 1 << 30 : multipliers[1],
                      .second_shift = whole == 1 ? 0 : -below(9),
                      .output_zero = range.output_zero,
                      .output_multiplier = multipliers[2],
                      .output_shift = -16 - below(6),
                      .low = range.low,
                      .high = range.high};
  memset(expected, 0x5a, sizeof expected);
  memset(got, 0x5a, sizeof got);
  fl_add_plain(&add, count, input, input + MAP / 2, expected, expected_mask);
  fl_add_s8(&add, count, input, input + MAP / 2, got, got_mask);
  CHECK(memcmp(expected, got, sizeof got) == 0);
  CHECK(memcmp(expected_mask, got_mask, (size_t)(count + 7) / 8) == 0);
}

int main(void) {
  for (int32_t i = 0; i < CASES; i++) {
    draw_constants();
    for (kind kind = GENERAL; kind < KINDS; kind++) layer(kind);
    fully_connected();
    sum();
  }
  return 0;
}
