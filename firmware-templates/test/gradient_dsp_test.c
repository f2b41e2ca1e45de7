/*
 * Built with -DFL_DSP=1: the kernels of the backward pass for cores with DSP instructions, in plain C (fl_dsp.h), give the bytes
 * of the plain ones they replace; on random shapes, ranges, masks, skip gradients and exponents, in one call or in several.
 */
#include <string.h>

#include "check.h"
#include "fl_back_scale.h"
#include "fl_gradient_dsp.h"
#include "fl_kernels.h"
#include "fl_step.h"

void fl_add_running_gradient_plain(fl_running_gradient *running, fl_channels range, const fl_gradient *h,
                                   const fl_split_weights *weights, int16_t *scratch);

enum { CASES = 2000, CHANNELS = 24, PIXELS = 400, GUARD = 0x5a, BITS = 13 };

static uint32_t state = 1;
static int32_t below(int32_t limit) { return (int32_t)(fl_hash(state++) % (uint32_t)limit); }

/* A gradient with a few bytes behind it that nobody may touch. */
typedef struct {
  _Alignas(4) int16_t mantissas[CHANNELS * PIXELS + 8];
  int16_t exponents[CHANNELS + 2];
} planes;

static planes h_planes, skip_planes, plain_planes, fast_planes;
static int8_t trained[CHANNELS * CHANNELS], fixed_weights[CHANNELS * CHANNELS];
static uint8_t mask[CHANNELS * PIXELS / 8 + 1];
static int32_t plain_sums[CHANNELS * PIXELS], fast_sums[CHANNELS * PIXELS];
static int32_t scratch[4 * PIXELS];

static void fill(void *bytes, size_t count) {
  uint8_t *out = bytes;
  for (size_t i = 0; i < count; i++) out[i] = (uint8_t)below(256);
}

/* Mantissas of up to BITS bits; some channels without exponent. */
static fl_gradient drawn(planes *p, int32_t channels, int32_t pixels, int32_t is_shared) {
  for (int32_t c = 0; c < channels; c++) {
    const int32_t is_dead = !is_shared && below(5) == 0, width = 1 + below(BITS);
    for (int32_t i = 0; i < pixels; i++) {
      p->mantissas[c * pixels + i] = (int16_t)(is_dead ? 0 : below(2 << width) - (1 << width));
    }
    p->exponents[c] = (int16_t)(is_dead ? FL_NO_EXPONENT : is_shared ? -9 : below(below(4) == 0 ? 60 : 12) - 30);
  }
  return (fl_gradient){p->mantissas, p->exponents, channels, pixels};
}

static fl_split_weights drawn_weights(int32_t inputs) {
  fill(trained, sizeof trained);
  fill(fixed_weights, sizeof fixed_weights);
  for (size_t i = 0; i < sizeof trained; i++) {
    if (trained[i] == -128) trained[i] = -127;
    if (fixed_weights[i] == -128) fixed_weights[i] = -127;
  }
  return (fl_split_weights){trained, below(inputs + 1), fixed_weights};
}

static fl_gradient_rules drawn_rules(const fl_gradient *skip) {
  fill(mask, sizeof mask);
  return (fl_gradient_rules){.mask = below(4) == 0 ? NULL : mask,
                             .skip = below(2) == 0 ? NULL : skip,
                             .skip_mantissa = 16384 + below(16384),
                             .skip_exponent = below(6) - 3,
                             .mantissa_bits = 6 + below(BITS - 5)};
}

static fl_gradient empty(planes *p, int32_t channels, int32_t pixels) {
  memset(p, GUARD, sizeof *p);
  return (fl_gradient){p->mantissas, p->exponents, channels, pixels};
}

static void aligned(void) {
  const int32_t inputs = 1 + below(CHANNELS), outputs = 1 + below(CHANNELS), pixels = 1 + below(40);
  const fl_gradient h = drawn(&h_planes, outputs, pixels, 1), skip = drawn(&skip_planes, inputs, pixels, 0);
  const fl_split_weights weights = drawn_weights(inputs);
  const fl_gradient_rules rules = drawn_rules(&skip);
  const fl_gradient expected = empty(&plain_planes, inputs, pixels), got = empty(&fast_planes, inputs, pixels);
  fl_pointwise_input_gradient_plain((fl_channels){0, inputs}, &h, &weights, &rules, &expected, scratch);
  static planes before;
  before = h_planes;
  const int32_t step = below(2) == 0 ? inputs : 1 + below(inputs);
  for (int32_t first = 0; first < inputs; first += step) {
    const fl_channels range = {first, first + step < inputs ? first + step : inputs};
    /* Planes by range, in a buffer of their own. */
    static planes part;
    const fl_gradient to = empty(&part, inputs, pixels);
    fill(scratch, sizeof scratch);
    fl_pointwise_input_gradient(range, &h, &weights, &rules, &to, scratch);
    const size_t count = (size_t)(range.end - range.first);
    memcpy(got.mantissas + first * pixels, to.mantissas, count * (size_t)pixels * sizeof *to.mantissas);
    memcpy(got.exponents + first, to.exponents, count * sizeof *to.exponents);
    CHECK(((uint8_t *)(to.mantissas + count * (size_t)pixels))[0] == GUARD);
  }
  CHECK(memcmp(&before, &h_planes, sizeof before) == 0);
  CHECK(memcmp(&plain_planes, &fast_planes, sizeof plain_planes) == 0);
}

static uint16_t back[CHANNELS];
static int8_t back_exponents[CHANNELS];

/* A view of one number a channel, made whole. */
static void spread_pooled(const fl_gradient_view *view, int32_t channel, int16_t *plane) {
  for (int32_t p = 0; p < view->pixels; p++) {
    const int32_t is_open = view->mask == NULL || fl_mask_bit(view->mask, p * view->gradient->channels + channel);
    plane[p] = (int16_t)(is_open ? view->gradient->mantissas[channel] : 0);
  }
}

/* Biases moved by a view against those moved by the same gradient made whole; some channels are frozen. */
static void move_biases(const fl_gradient_view *view, int32_t is_scaled, const fl_gradient *whole) {
  static uint16_t steps[CHANNELS];
  static int8_t exponents[CHANNELS];
  static uint8_t frozen[CHANNELS / 8 + 1];
  static int32_t expected[CHANNELS], got[CHANNELS];
  for (int32_t c = 0; c < CHANNELS; c++) {
    steps[c] = (uint16_t)(16384 + below(16384));
    exponents[c] = (int8_t)(below(40) - 20);
    expected[c] = got[c] = below(1 << 16);
  }
  fill(frozen, sizeof frozen);
  const fl_training training = {.bias_step = steps, .bias_step_exponent = exponents, .frozen = frozen};
  const fl_step step = {.bias = {(uint16_t)(16384 + below(16384)), -5}};
  fl_bias_update((fl_channels){0, whole->channels}, whole, &training, &step, expected);
  if (is_scaled) fl_viewed_bias_update(view, &training, &step, got, (int16_t *)(void *)scratch);
  else fl_pooled_bias_update(view, &training, &step, got);
  CHECK(memcmp(expected, got, sizeof got) == 0);
}

/* A gradient that is nowhere stored against the same one, made whole by the view's own definition. */
static void viewed(void) {
  const int32_t inputs = 1 + below(CHANNELS), outputs = 1 + below(CHANNELS), pixels = 1 + below(40), is_scaled = below(2);
  static planes whole_planes;
  static uint8_t own_mask[CHANNELS * PIXELS / 8 + 1];
  fill(own_mask, sizeof own_mask);
  for (size_t i = 0; i < sizeof own_mask; i++) {
    if (below(4) != 0) own_mask[i] = 0xff;
  }
  for (int32_t c = 0; c < CHANNELS; c++) {
    back[c] = (uint16_t)(below(9) == 0 ? 0 : 16384 + below(16384));
    back_exponents[c] = (int8_t)(back[c] == 0 ? 0 : below(20) - 10);
  }
  const fl_training training = {.back = back, .back_exponent = back_exponents};
  const fl_gradient g = drawn(&h_planes, outputs, is_scaled ? pixels : 1, !is_scaled);
  const fl_gradient_view view = {&g, is_scaled ? &training : NULL, below(3) == 0 ? NULL : own_mask, pixels};
  const int32_t exponent = is_scaled ? fl_view_exponent(&view) : g.exponents[0];
  for (int32_t o = 0; o < outputs; o++) {
    if (is_scaled) fl_view_plane(&view, o, exponent, whole_planes.mantissas + o * pixels);
    else spread_pooled(&view, o, whole_planes.mantissas + o * pixels);
    whole_planes.exponents[o] = (int16_t)exponent;
  }
  const fl_gradient h = {whole_planes.mantissas, whole_planes.exponents, outputs, pixels};
  move_biases(&view, is_scaled, &h);
  const fl_gradient skip = drawn(&skip_planes, inputs, pixels, 0);
  const fl_split_weights weights = drawn_weights(inputs);
  const fl_gradient_rules rules = drawn_rules(&skip);
  const fl_gradient expected = empty(&plain_planes, inputs, pixels), got = empty(&fast_planes, inputs, pixels);
  fl_pointwise_input_gradient_plain((fl_channels){0, inputs}, &h, &weights, &rules, &expected, scratch);
  if (is_scaled) fl_viewed_input_gradient((fl_channels){0, inputs}, &view, &weights, &rules, &got, scratch);
  else fl_pooled_input_gradient((fl_channels){0, inputs}, &view, &weights, &rules, &got, scratch);
  CHECK(memcmp(&plain_planes, &fast_planes, sizeof plain_planes) == 0);
}

static void running(void) {
  const int32_t inputs = 1 + below(CHANNELS), outputs = 1 + below(CHANNELS), pixels = 1 + below(40);
  const fl_gradient h = drawn(&h_planes, outputs, pixels, 0), skip = drawn(&skip_planes, inputs, pixels, 0);
  const fl_split_weights weights = drawn_weights(inputs);
  const fl_gradient_rules rules = drawn_rules(&skip);
  /* One of the two holds something else in the bits that its sums, of less than 2^25, do not need. */
  fl_running_gradient plain = {plain_sums, inputs, pixels, 0, 0}, fast = {fast_sums, inputs, pixels, 0, 0};
  fl_running_gradient *const holder = below(2) == 0 ? &plain : &fast;
  holder->spare_bits = (1 << below(4)) / 2;
  const int32_t count = inputs * pixels * holder->spare_bits / 8, part = count / 3;
  static uint8_t stowed[CHANNELS * PIXELS], back[CHANNELS * PIXELS];
  fill(stowed, sizeof stowed);
  fl_begin_running_gradient(&plain);
  fl_begin_running_gradient(&fast);
  if (part > 0) fl_stow_bytes(holder, 0, stowed, part);
  if (part > 0) fl_stow_bytes(holder, part, stowed + part, count - part);
  fl_add_running_gradient_plain(&plain, (fl_channels){0, outputs}, &h, &weights, (int16_t *)(void *)scratch);
  for (int32_t first = 0; first < outputs; first += 4) {
    const fl_gradient group = fl_gradient_from(&h, first);
    fill(scratch, sizeof scratch);
    fl_add_running_gradient(&fast, (fl_channels){first, first + 4 < outputs ? first + 4 : outputs}, &group, &weights,
                            (int16_t *)(void *)scratch);
  }
  CHECK(plain.exponent == fast.exponent);
  if (part > 0) fl_take_back_bytes(holder, 0, back, count);
  CHECK(part == 0 || memcmp(stowed, back, (size_t)count) == 0);
  const fl_gradient expected = empty(&plain_planes, inputs, pixels), got = empty(&fast_planes, inputs, pixels);
  fl_finish_running_gradient(&plain, &rules, &expected);
  fl_finish_running_gradient(&fast, &rules, &got);
  CHECK(memcmp(&plain_planes, &fast_planes, sizeof plain_planes) == 0);
}

/* Half of the windows are what networks are made of. */
static fl_window usual_window(void) {
  const int32_t kernel = 3 + 2 * below(3), stride = 1 + below(2), height = 1 + below(16), width = 1 + below(20);
  return (fl_window){.in_height = height, .in_width = width, .in_channels = 1,
                     .out_height = (height + stride - 1) / stride, .out_width = (width + stride - 1) / stride, .out_channels = 1,
                     .kernel_height = kernel, .kernel_width = kernel,
                     .stride_height = stride, .stride_width = stride,
                     .dilation_height = 1, .dilation_width = 1,
                     .pad_top = kernel / 2, .pad_left = kernel / 2};
}

static fl_window any_window(void) {
  const int32_t kernel_height = 1 + below(7), kernel_width = 1 + below(7);
  const int32_t height = 1 + below(16), width = 1 + below(20), pad_top = below(kernel_height), pad_left = below(kernel_width);
  const int32_t stride_height = 1 + below(2), stride_width = 1 + below(below(8) == 0 ? 3 : 2);
  const int32_t over_height = height + pad_top + below(kernel_height) - kernel_height;
  const int32_t over_width = width + pad_left + below(kernel_width) - kernel_width;
  const int32_t out_height = over_height < 0 ? 1 : over_height / stride_height + 1;
  const int32_t out_width = over_width < 0 ? 1 : over_width / stride_width + 1;
  const int32_t dilation = below(10) == 0 ? 2 : 1;
  return (fl_window){.in_height = height, .in_width = width, .in_channels = 1,
                     .out_height = out_height, .out_width = out_width, .out_channels = 1,
                     .kernel_height = kernel_height, .kernel_width = kernel_width,
                     .stride_height = stride_height, .stride_width = stride_width,
                     .dilation_height = dilation, .dilation_width = dilation,
                     .pad_top = pad_top, .pad_left = pad_left};
}

static void spread(void) {
  const fl_window window = below(2) == 0 ? usual_window() : any_window();
  const int32_t height = window.in_height, width = window.in_width;
  (void)drawn(&h_planes, 1, window.out_height * window.out_width, 1);
  (void)drawn_weights(1);
  for (int32_t i = 0; i < height * width; i++) plain_sums[i] = fast_sums[i] = below(1000) - 500;
  const int32_t step = 1 + below(2);
  fl_spread spread;
  fl_begin_spread(&window, &spread);
  for (int32_t adds = below(2); adds < 2; adds++) {
    fl_spread_plane_plain(&spread, h_planes.mantissas, trained, step, adds, plain_sums);
    fl_spread_plane(&spread, h_planes.mantissas, trained, step, adds, fast_sums);
  }
  CHECK(memcmp(plain_sums, fast_sums, (size_t)(height * width) * sizeof *plain_sums) == 0);
}

/* Training constants of which steps are from nothing to far more than the clip. */
static uint16_t step_mantissas[CHANNELS];
static int8_t step_exponents[CHANNELS];
static uint8_t frozen[CHANNELS / 8 + 1];
static int8_t input_planes[CHANNELS * PIXELS];

static fl_training drawn_training(void) {
  for (int32_t c = 0; c < CHANNELS; c++) {
    step_mantissas[c] = (uint16_t)(16384 + below(16384));
    step_exponents[c] = (int8_t)(below(40) - 20);
  }
  fill(frozen, sizeof frozen);
  frozen[0] &= (uint8_t)below(256);
  return (fl_training){.id = (uint32_t)below(50),
                       .weight_step = step_mantissas,
                       .weight_step_exponent = step_exponents,
                       .frozen = frozen};
}

/* N6.5, N7 and N8, one weight after the other. */
static void move_plainly(const fl_gradient *h, const fl_saved_input *saved, int32_t inputs, const fl_training *training,
                         const fl_step *step, int8_t *weights) {
  const uint32_t key = fl_layer_key(step, training->id);
  for (int32_t o = 0; o < h->channels; o++) {
    const fl_step_scale scale = fl_step_scale_of(step_mantissas[o], step_exponents[o], step->weights, h->exponents[o], 16);
    if (fl_is_frozen(training, o)) continue;
    for (int32_t i = 0; i < saved->channels; i++) {
      int32_t gradient = 0;
      for (int32_t p = 0; p < h->pixels; p++) {
        gradient += h->mantissas[o * h->pixels + p] * (saved->planes[i * h->pixels + p] - saved->zero);
      }
      int8_t *const weight = weights + o * saved->channels + i;
      *weight = fl_moved_weight(*weight, fl_step_size(gradient, scale), fl_draw(key, (uint32_t)(o * inputs + i)));
    }
  }
}

static void update(void) {
  const int32_t inputs = 1 + below(CHANNELS), outputs = 1 + below(CHANNELS), pixels = 1 + below(40);
  const fl_gradient h = drawn(&h_planes, outputs, pixels, below(2));
  fill(input_planes, sizeof input_planes);
  const fl_saved_input saved = {input_planes, 1 + below(inputs), below(256) - 128};
  const fl_training training = drawn_training();
  const fl_step step = {.seed = (uint32_t)below(1000), .index = (uint32_t)below(1000), .weights = {20000, 0}};
  (void)drawn_weights(1);
  memcpy(trained, fixed_weights, sizeof trained);
  move_plainly(&h, &saved, inputs, &training, &step, fixed_weights);
  for (int32_t first = 0; first < outputs; first += 4) {
    const fl_gradient group = fl_gradient_from(&h, first);
    fill(scratch, sizeof scratch);
    fl_pointwise_weight_update((fl_channels){first, first + 4 < outputs ? first + 4 : outputs}, &group, &saved, inputs,
                               &training, &step, trained, (int16_t *)(void *)scratch);
  }
  CHECK(memcmp(trained, fixed_weights, sizeof trained) == 0);
}

/* N6.2, one mantissa after the other and one pixel of the mask after the other. */
static void scaled(void) {
  const int32_t channels = 1 + below(CHANNELS), pixels = 1 + below(40), channel = below(channels);
  const int32_t shift = 15 + below(17);
  const fl_back_scale by = {below(32768), 1 << (shift - 1), shift};
  const fl_gradient h = drawn(&h_planes, channels, pixels, 0);
  const int16_t *from = h.mantissas + channel * pixels;
  int16_t *expected = plain_planes.mantissas, *got = fast_planes.mantissas;
  fill(mask, sizeof mask);
  fill(got, sizeof fast_planes.mantissas);
  memcpy(expected, got, sizeof fast_planes.mantissas);
  for (int32_t p = 0; p < pixels; p++) {
    const int32_t is_open = fl_mask_bit(mask, p * channels + channel);
    expected[p] = is_open ? fl_scaled(from[p], by) : (int16_t)0;
  }
  fl_scale_mantissas(from, pixels, by, got);
  fl_close_plane(mask, channel, channels, pixels, got);
  CHECK(memcmp(expected, got, sizeof fast_planes.mantissas) == 0);
}

int main(void) {
  for (int32_t i = 0; i < CASES; i++) {
    aligned();
    viewed();
    running();
    spread();
    update();
    scaled();
  }
  return 0;
}
