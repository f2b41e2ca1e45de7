/*
 * Eight channels at a time. Their input rows are spread out of the HWC map into planes of cells: a cell of a plane is a
 * column of one channel, a byte for each of the rows in reach, 4 or 8 of them, as a ring. So what lies under a kernel is one
 * run of bytes, the columns side by side, and its sum is one instruction for each 16 of them. Where the ring has turned, the
 * weights are read in that order; bytes of other rows meet weights of 0. Cells beside the map stay at the zero point.
 */
#include <stddef.h>

#include "fl_mve.h"
#include "fl_rows.h"

#if FL_HAS_MVE

enum { CHANNELS = 8, MOST_CHUNKS = 4 };

/* The planes of up to eight channels. */
typedef struct {
  int8_t *cells;
  int32_t plane;  /* bytes of one channel */
  int32_t cell;   /* bytes of a cell: 4 or 8 */
  int32_t from;   /* bytes before the first column of the map */
  int32_t pixels; /* columns of the map that kernels touch */
  int32_t channels;
} fl_planes;

/* Where the weights of 16 bytes of cells are found, and in which there are any. */
typedef struct {
  uint8x16_t at;
  mve_pred16_t lanes;
} fl_turn;

/* A row of outputs of up to four channels; of the last four, which may be fewer, others are computed like the last. */
typedef struct {
  const int8_t *planes;
  int32_t plane;
  const int8_t *weights;
  int32_t taps;
  int32_t last; /* channels less 1, at most 3 */
  const int32_t *bias, *multiplier;
  const int8_t *shift;
  int32_t zero;
  int32_t outputs;
  int8_t *output;
  int32_t to_next; /* from one output to the next */
} fl_line;

static FL_INLINE const int8_t *plane_of(const fl_line *l, int32_t c) {
  return l->planes + (c < l->last ? c : l->last) * l->plane;
}

static FL_INLINE int8x16_t turned_weights(const fl_line *l, int32_t c, const fl_turn *turn) {
  return vldrbq_gather_offset_z_s8(l->weights + (c < l->last ? c : l->last) * l->taps, turn->at, turn->lanes);
}

/* The map's row `values` of all channels, or where that is NULL the zero point, into place `slot` of the cells. */
static void spread_row(const fl_planes *p, const int8_t *values, int32_t step, int8_t zero, int32_t slot) {
  const uint16x8_t planes = vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)p->plane);
  const mve_pred16_t lanes = vctp16q((uint32_t)p->channels);
  const int32_t cell = p->cell;
  const uint8_t *from = (const uint8_t *)values;
  uint8_t *to = (uint8_t *)p->cells + p->from + slot;
  if (values == NULL) {
    const uint16x8_t border = vdupq_n_u16((uint8_t)zero);
    for (int32_t x = p->pixels; x > 0; x--, to += cell) vstrbq_scatter_offset_p_u16(to, planes, border, lanes);
  } else if (p->channels == CHANNELS) {
    for (int32_t x = p->pixels; x > 0; x--, from += step, to += cell) {
      vstrbq_scatter_offset_u16(to, planes, vldrbq_u16(from));
    }
  } else {
    for (int32_t x = p->pixels; x > 0; x--, from += step, to += cell) {
      vstrbq_scatter_offset_p_u16(to, planes, vldrbq_z_u16(from, lanes), lanes);
    }
  }
}

/* Bytes 16 * chunk and on of the cells under a kernel whose first row lies in place `first`. */
static fl_turn turn_of(const fl_window *w, int32_t cell, int32_t first, int32_t chunk) {
  const uint8x16_t byte = vaddq_n_u8(vidupq_n_u8(0, 1), (uint8_t)(FL_MVE_BYTES * chunk));
  const uint8x16_t column = vshlq_u8(byte, vdupq_n_s8(cell == 4 ? -2 : -3));
  const uint8x16_t row = vandq_u8(vsubq_n_u8(byte, (uint8_t)first), vdupq_n_u8((uint8_t)(cell - 1)));
  const mve_pred16_t rows = vcmpltq_n_s8(vreinterpretq_s8_u8(row), (int8_t)w->kernel_height);
  const mve_pred16_t lanes = vcmpltq_m_n_s8(vreinterpretq_s8_u8(column), (int8_t)w->kernel_width, rows);
  return (fl_turn){vmlaq_n_u8(column, row, (uint8_t)w->kernel_width), lanes};
}

static FL_INLINE int32x4_t values_of(int32x4_t sums, const int32_t *bias, int32x4_t multiplier, int32x4_t shift,
                                     int32_t zero) {
  const int32x4_t scaled = fl_mve_scaled(vaddq_s32(sums, vldrwq_s32(bias)), multiplier, shift);
  return fl_mve_saturated(vaddq_n_s32(scaled, zero));
}

/* One output of a channel whose kernel covers 16 bytes of cells, and on to the next, `step` bytes further. */
#define FL_ONE_CHUNK(plane, weights, sum) \
  "vldrb.8 %q[x], [%[" plane "]], %[step]\n vmladav.s8 %[" sum "], %q[x], %q[" weights "]\n"

static FL_INLINE void one_chunk(const fl_line *line, const fl_turn *turn, int32_t step) {
  const fl_line l = *line;
  const int8x16_t w0 = turned_weights(&l, 0, turn), w1 = turned_weights(&l, 1, turn);
  const int8x16_t w2 = turned_weights(&l, 2, turn), w3 = turned_weights(&l, 3, turn);
  const int32x4_t multiplier = vldrwq_s32(l.multiplier), shift = vldrbq_s32(l.shift);
  const int8_t *p0 = l.planes, *p1 = p0 + l.plane, *p2 = p1 + l.plane, *p3 = p2 + l.plane;
  int8_t *output = l.output;
  for (int32_t left = l.outputs; left > 0; left--, output += l.to_next) {
    int32_t a, b, c, d;
    int8x16_t x;
    __asm__(FL_ONE_CHUNK("p0", "w0", "a") FL_ONE_CHUNK("p1", "w1", "b") FL_ONE_CHUNK("p2", "w2", "c")
                FL_ONE_CHUNK("p3", "w3", "d")
            : [a] "=&Te"(a), [b] "=&Te"(b), [c] "=&Te"(c), [d] "=&Te"(d), [x] "=&w"(x), [p0] "+&r"(p0), [p1] "+&r"(p1),
              [p2] "+&r"(p2), [p3] "+&r"(p3)
            : [w0] "w"(w0), [w1] "w"(w1), [w2] "w"(w2), [w3] "w"(w3), [step] "i"(step)
            : "memory");
    vstrbq_s32(output, values_of(fl_four_lanes(a, b, c, d), l.bias, multiplier, shift, l.zero));
  }
}

/* One function for each step that is common. */
#define FL_STEPS(name, step) \
  static __attribute__((noinline)) void name(const fl_line *line, const fl_turn *turn) { one_chunk(line, turn, step); }
FL_STEPS(by_four, 4)
FL_STEPS(by_eight, 8)
FL_STEPS(by_sixteen, 16)

/* The next 16 bytes under the kernel, `at` bytes on, and the next of the turned weights. */
#define FL_NEXT_CHUNK(plane, at, sum)                                                       \
  "vldrb.8 %q[x], [%[" plane "], #" at "]\n vldrw.32 %q[w], [%[weights]], #16\n"            \
  "vmladava.s8 %[" sum "], %q[x], %q[w]\n"
#define FL_CHUNK(plane, sum) "movs %[" sum "], #0\n" FL_NEXT_CHUNK(plane, "0", sum)
#define FL_TWO_CHUNKS(plane, sum) FL_CHUNK(plane, sum) FL_NEXT_CHUNK(plane, "16", sum)
#define FL_THREE_CHUNKS(plane, sum) FL_TWO_CHUNKS(plane, sum) FL_NEXT_CHUNK(plane, "32", sum)
#define FL_FOUR_CHUNKS(plane, sum) FL_THREE_CHUNKS(plane, sum) FL_NEXT_CHUNK(plane, "48", sum)

/* Outputs of kernels of that many chunks, by any step, of any number of channels. */
#define FL_CHUNKS(name, CHUNKS_OF)                                                                                       \
  static __attribute__((noinline)) void name(const fl_line *line, const int8_t *turned, int32_t step) {                  \
    const fl_line l = *line;                                                                                             \
    const mve_pred16_t lanes = vctp32q((uint32_t)l.last + 1);                                                            \
    const int32x4_t multiplier = vldrwq_z_s32(l.multiplier, lanes), shift = vldrbq_z_s32(l.shift, lanes);                \
    const int8_t *p0 = plane_of(&l, 0), *p1 = plane_of(&l, 1), *p2 = plane_of(&l, 2), *p3 = plane_of(&l, 3);             \
    int8_t *output = l.output;                                                                                           \
    for (int32_t left = l.outputs; left > 0; left--, output += l.to_next) {                                              \
      int32_t a, b, c, d;                                                                                                \
      int8x16_t x, w;                                                                                                    \
      const int8_t *weights = turned;                                                                                    \
      __asm__(CHUNKS_OF("p0", "a") CHUNKS_OF("p1", "b") CHUNKS_OF("p2", "c") CHUNKS_OF("p3", "d")                        \
              : [a] "=&Te"(a), [b] "=&Te"(b), [c] "=&Te"(c), [d] "=&Te"(d), [x] "=&w"(x), [w] "=&w"(w),                  \
                [weights] "+&r"(weights)                                                                                 \
              : [p0] "r"(p0), [p1] "r"(p1), [p2] "r"(p2), [p3] "r"(p3)                                                   \
              : "cc", "memory");                                                                                         \
      vstrbq_p_s32(output, values_of(fl_four_lanes(a, b, c, d), l.bias, multiplier, shift, l.zero), lanes);              \
      p0 += step;                                                                                                        \
      p1 += step;                                                                                                        \
      p2 += step;                                                                                                        \
      p3 += step;                                                                                                        \
    }                                                                                                                    \
  }
FL_CHUNKS(by_chunks_of_one, FL_CHUNK)
FL_CHUNKS(by_chunks_of_two, FL_TWO_CHUNKS)
FL_CHUNKS(by_chunks_of_three, FL_THREE_CHUNKS)
FL_CHUNKS(by_chunks_of_four, FL_FOUR_CHUNKS)

static void some_chunks(const fl_line *line, const fl_turn *turns, int32_t chunks, int32_t step, int8_t *turned) {
  for (int32_t c = 0; c < FL_MVE_LANES; c++) {
    for (int32_t i = 0; i < chunks; i++) {
      vstrbq_s8(turned + (c * chunks + i) * FL_MVE_BYTES, turned_weights(line, c, turns + i));
    }
  }
  switch (chunks) {
    case 1: by_chunks_of_one(line, turned, step); break;
    case 2: by_chunks_of_two(line, turned, step); break;
    case 3: by_chunks_of_three(line, turned, step); break;
    default: by_chunks_of_four(line, turned, step); break;
  }
}

/* Outputs that are clamped by more than the range of int8. */
static void clamp(const fl_line *line, const fl_range *range) {
  const mve_pred16_t lanes = vctp32q((uint32_t)line->last + 1);
  const int32x4_t low = vdupq_n_s32(range->low), high = vdupq_n_s32(range->high);
  int8_t *output = line->output;
  for (int32_t left = line->outputs; left > 0; left--, output += line->to_next) {
    vstrbq_p_s32(output, fl_mve_clamped(vldrbq_z_s32(output, lanes), low, high), lanes);
  }
}

static FL_INLINE void put_line(const fl_line *line, const fl_turn *turns, int32_t chunks, int32_t step, int8_t *turned) {
  const int32_t is_common = chunks == 1 && line->last == FL_MVE_LANES - 1;
  switch (is_common ? step : 0) {
    case 4: by_four(line, turns); break;
    case 8: by_eight(line, turns); break;
    case 16: by_sixteen(line, turns); break;
    default: some_chunks(line, turns, chunks, step, turned); break;
  }
}

/* A row of outputs of the channels of the planes, from `channel` on. What differs from four to four is set in the line. */
static void put_row(const fl_window *w, const fl_filter *f, const fl_range *range, const fl_planes *p, int32_t channel,
                    int32_t first, int8_t *turned, fl_line *line) {
  const int32_t chunks = (w->kernel_width * p->cell + FL_MVE_BYTES - 1) / FL_MVE_BYTES, step = w->stride_width * p->cell;
  const int32_t is_clamped = range->low > INT8_MIN || range->high < INT8_MAX;
  int8_t *const output = line->output;
  fl_turn turns[MOST_CHUNKS];
  for (int32_t i = 0; i < chunks; i++) turns[i] = turn_of(w, p->cell, first, i);
  for (int32_t c = 0; c < p->channels; c += FL_MVE_LANES) {
    const int32_t o = channel + c, last = p->channels - 1 - c;
    line->planes = p->cells + c * p->plane;
    line->weights = f->weights + o * line->taps;
    line->last = last < FL_MVE_LANES ? last : FL_MVE_LANES - 1;
    line->bias = f->bias + o;
    line->multiplier = f->multiplier + o;
    line->shift = f->shift + o;
    line->output = output + c;
    put_line(line, turns, chunks, step, turned);
    if (is_clamped) clamp(line, range);
  }
}

void fl_depthwise_conv2d_mve(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                             int16_t *scratch) {
  const fl_window *w = window;
  const int8_t zero = (int8_t)range->input_zero;
  const int32_t height = w->kernel_height, channels = w->out_channels, stride = w->stride_height;
  const int32_t cell = height <= 4 ? 4 : 8, touched = (w->out_width - 1) * w->stride_width + w->kernel_width;
  const int32_t most = channels < CHANNELS ? channels : CHANNELS, room = touched - w->pad_left;
  const int32_t row_bytes = w->in_width * channels, out_bytes = w->out_width * channels;
  const int32_t pixels = w->in_width < room ? w->in_width : room;
  fl_planes planes = {(int8_t *)scratch, touched * cell, cell, w->pad_left * cell, pixels, 0};
  fl_line line = {.plane = planes.plane, .taps = height * w->kernel_width, .zero = range->output_zero,
                  .outputs = w->out_width, .to_next = channels};
  int8_t *turned = fl_mve_fill(zero, most * planes.plane + FL_MVE_BYTES, planes.cells);
  for (int32_t channel = 0; channel < channels; channel += CHANNELS) {
    planes.channels = channels - channel < CHANNELS ? channels - channel : CHANNELS;
    int32_t next = band->from * stride;
    for (int32_t oy = band->from, top = next; oy < band->to; oy++, top += stride) {
      for (next = next < top ? top : next; next < top + height; next++) {
        const int32_t y = next - w->pad_top;
        const int8_t *values = y >= 0 && y < w->in_height ? fl_input_row(band, y, row_bytes) + channel : NULL;
        spread_row(&planes, values, channels, zero, next & (cell - 1));
      }
      line.output = fl_output_row(band, oy, out_bytes) + channel;
      put_row(w, filter, range, &planes, channel, top & (cell - 1), turned, &line);
    }
  }
}

#endif
