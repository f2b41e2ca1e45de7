#include "fl_kernels.h"
#if FL_SIMD
#include "fl_mask_fill.h"
#include "fl_rows.h"
#include "fl_wasm.h"

/*
 * Eight channels at a time, in the order of the plain kernel: before an output row is written, all input rows that it needs
 * are copied. They lie on the stack, as int16 (x - zero), a vector a pixel. Two taps of a kernel row are one dot product:
 * their inputs are interleaved, and so are their weights.
 */
enum { LANES = 8, RING_BYTES = 12288, MOST_TAPS = 64 };

typedef struct {
  const fl_window *w;
  const fl_band *band;
  v128_t *rows;      /* ring: `count` rows of `width` pixels */
  int32_t count;     /* the reach of the kernel */
  int32_t width;     /* all that the kernel touches, and one more: a last odd tap is paired with it, and with zero weights */
  int32_t next;      /* first padded row that is not in the ring yet */
  int32_t channel;   /* of the input: the first of up to eight */
  int32_t channels;  /* how many */
  v128_t zero;
} fl_vector_ring;

/* Eight inputs; where there are fewer channels, the vector ends with the last one and is shifted. */
static FL_INLINE v128_t inputs_at(const int8_t *values, int32_t channels) {
  if (channels == LANES) return wasm_i16x8_load8x8(values);
  uint64_t bytes;
  __builtin_memcpy(&bytes, values + channels - LANES, sizeof bytes);
  return wasm_i16x8_extend_low_i8x16(wasm_i64x2_splat((int64_t)(bytes >> (uint32_t)(8 * (LANES - channels)))));
}

static void load_row(const fl_vector_ring *ring, const int8_t *values, v128_t *row) {
  const fl_window *w = ring->w;
  const v128_t none = wasm_i16x8_splat(0);
  const int32_t left = w->pad_left < ring->width ? w->pad_left : ring->width;
  const int32_t end = w->in_width + w->pad_left < ring->width ? w->in_width + w->pad_left : ring->width;
  int32_t x = 0;
  for (; x < (values != NULL ? left : ring->width); x++) row[x] = none;
  if (w->in_channels == 1) {
    for (; x < end; x++) row[x] = wasm_i16x8_sub(wasm_i16x8_splat(*values++), ring->zero);
  } else {
    for (; x < end; x++, values += w->in_channels) row[x] = wasm_i16x8_sub(inputs_at(values, ring->channels), ring->zero);
  }
  for (; x < ring->width; x++) row[x] = none;
}

static FL_INLINE v128_t *row_at(const fl_vector_ring *ring, int32_t padded_row) {
  return ring->rows + padded_row % ring->count * ring->width;
}

static void load_rows(fl_vector_ring *ring, int32_t out_row) {
  const fl_window *w = ring->w;
  const int32_t first = out_row * w->stride_height;
  if (ring->next < first) ring->next = first;
  for (; ring->next < first + ring->count; ring->next++) {
    const int32_t y = ring->next - w->pad_top;
    const int32_t is_inside = y >= 0 && y < w->in_height;
    const int8_t *values =
        is_inside ? fl_input_row(ring->band, y, w->in_width * w->in_channels) + ring->channel : NULL;
    load_row(ring, values, row_at(ring, ring->next));
  }
}

/* Interleaved weights of two taps of eight channels: those of the lower four channels, of the upper four. */
typedef struct {
  v128_t low, high;
} fl_two_taps;

static void pack_weights(const fl_window *w, const int8_t *weights, int32_t channels, fl_two_taps *packed) {
  const int32_t taps = w->kernel_height * w->kernel_width;
  for (int32_t ky = 0; ky < w->kernel_height; ky++, weights += w->kernel_width) {
    for (int32_t kx = 0; kx < w->kernel_width; kx += 2) {
      int16_t pairs[2 * LANES] = {0};
      for (int32_t c = 0; c < channels; c++) {
        pairs[2 * c] = weights[c * taps + kx];
        if (kx + 1 < w->kernel_width) pairs[2 * c + 1] = weights[c * taps + kx + 1];
      }
      *packed++ = (fl_two_taps){wasm_v128_load(pairs), wasm_v128_load(pairs + LANES)};
    }
  }
}

static FL_INLINE void add_taps(const v128_t *at, int32_t step, const fl_two_taps *weights, v128_t *low, v128_t *high) {
  const v128_t a = at[0], b = at[step];
  *low = wasm_i32x4_add(*low, wasm_i32x4_dot_i16x8(wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11), weights->low));
  *high = wasm_i32x4_add(*high, wasm_i32x4_dot_i16x8(wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15), weights->high));
}

/* How the eight channels become outputs. */
typedef struct {
  fl_four_outputs low, high;
  fl_limits limits;
  int32_t channels;
} fl_eight_outputs;

static FL_INLINE void put_eight(const fl_eight_outputs *o, v128_t low, v128_t high, fl_sink to, int32_t index) {
  const v128_t first = fl_scaled_four(&o->low, &o->limits, low), second = fl_scaled_four(&o->high, &o->limits, high);
  const v128_t lower = fl_clamped_four(first, &o->limits), upper = fl_clamped_four(second, &o->limits);
  const v128_t words = wasm_i16x8_narrow_i32x4(lower, upper);
  const v128_t bytes = wasm_i8x16_narrow_i16x8(words, words);
  if (o->channels == LANES) {
    wasm_v128_store64_lane(to.output + index, bytes, 0);
  } else {
    int8_t each[16];
    wasm_v128_store(each, bytes);
    for (int32_t c = 0; c < o->channels; c++) to.output[index + c] = each[c];
  }
  if (to.mask == NULL) return;
  const uint32_t outside =
      wasm_i32x4_bitmask(wasm_i32x4_ne(first, lower)) | wasm_i32x4_bitmask(wasm_i32x4_ne(second, upper)) << 4;
  if (outside != 0) fl_clear_outside(outside & ((1u << (uint32_t)o->channels) - 1u), to, index);
}

/* `height` and `width` are known where this is inlined for a common kernel. */
static FL_INLINE void output_row(const fl_vector_ring *ring, int32_t height, int32_t width, int32_t top,
                                 const fl_two_taps *packed, const fl_eight_outputs *o, fl_sink to) {
  const fl_window *w = ring->w;
  const v128_t *rows[MOST_TAPS];
  for (int32_t ky = 0; ky < height; ky++) rows[ky] = row_at(ring, top + ky * w->dilation_height);
  const int32_t step = w->dilation_width;
  for (int32_t ox = 0, x = 0, index = 0; ox < w->out_width; ox++, x += w->stride_width, index += w->out_channels) {
    v128_t low = wasm_i32x4_splat(0), high = low;
    const fl_two_taps *weights = packed;
    for (int32_t ky = 0; ky < height; ky++) {
      for (int32_t kx = 0; kx < width; kx += 2) add_taps(rows[ky] + x + kx * step, step, weights++, &low, &high);
    }
    put_eight(o, low, high, to, index);
  }
}

static FL_INLINE void any_row(const fl_vector_ring *ring, int32_t top, const fl_two_taps *packed,
                              const fl_eight_outputs *o, fl_sink to) {
  const int32_t height = ring->w->kernel_height, width = ring->w->kernel_width;
  if (height == 3 && width == 3) return output_row(ring, 3, 3, top, packed, o, to);
  if (height == 5 && width == 5) return output_row(ring, 5, 5, top, packed, o, to);
  if (height == 7 && width == 7) return output_row(ring, 7, 7, top, packed, o, to);
  output_row(ring, height, width, top, packed, o, to);
}

static void eight_channels(fl_vector_ring *ring, const fl_filter *filter, const fl_range *range, uint8_t *mask,
                           int32_t channel, int32_t channels) {
  const fl_window *w = ring->w;
  const fl_band *band = ring->band;
  const int32_t row_elements = w->out_width * w->out_channels;
  fl_two_taps packed[MOST_TAPS];
  pack_weights(w, filter->weights + channel * w->kernel_height * w->kernel_width, channels, packed);
  const int32_t lower = channels < 4 ? channels : 4;
  fl_eight_outputs o = {fl_four_outputs_of(filter, channel, lower), {0}, fl_limits_of(range), channels};
  o.high = channels > 4 ? fl_four_outputs_of(filter, channel + 4, channels - 4) : o.low;
  ring->channel = w->in_channels == 1 ? 0 : channel;
  ring->channels = channels;
  ring->next = 0;
  for (int32_t oy = band->from; oy < band->to; oy++) {
    load_rows(ring, oy);
    const fl_sink to = {fl_output_row(band, oy, row_elements) + channel, mask, oy * row_elements + channel};
    any_row(ring, oy * w->stride_height, packed, &o, to);
  }
}

static int32_t is_for_vectors(const fl_window *w, int32_t ring_pixels) {
  const int32_t taps = w->kernel_height * ((w->kernel_width + 1) / 2);
  const int32_t has_eight = w->in_channels == w->out_channels && w->in_channels >= LANES;
  return (has_eight || w->in_channels == 1) && taps <= MOST_TAPS && ring_pixels * (int32_t)sizeof(v128_t) <= RING_BYTES;
}

void fl_depthwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                            uint8_t *mask, int16_t *scratch) {
  const fl_window *w = window;
  const int32_t reach = (w->kernel_height - 1) * w->dilation_height + 1;
  const int32_t width = (w->out_width - 1) * w->stride_width + (w->kernel_width - 1) * w->dilation_width + 1;
  const int32_t extra = w->kernel_width % 2 == 0 ? 0 : w->dilation_width;
  if (!is_for_vectors(w, reach * (width + extra)) || filter->trained_inputs != 0) {
    fl_depthwise_conv2d_plain(window, filter, range, band, mask, scratch);
    return;
  }
  v128_t rows[RING_BYTES / (int32_t)sizeof(v128_t)];
  fl_vector_ring ring = {w, band, rows, reach, width + extra, 0, 0, 0, wasm_i16x8_splat((int16_t)range->input_zero)};
  fl_map_mask_fill(mask, band->from, w->out_height * w->out_width * w->out_channels);
  for (int32_t c = 0; c < w->out_channels; c += LANES) {
    eight_channels(&ring, filter, range, mask, c, w->out_channels - c < LANES ? w->out_channels - c : LANES);
  }
}

#endif
