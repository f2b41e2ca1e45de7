#include "fl_columns.h"
#if FL_SIMD
#include "fl_wasm.h"

/*
 * Four filters times two columns, eight inputs at a time; the constants of the four serve both columns. Where the depth is no
 * multiple of eight, the last eight inputs are taken once more, those that were met before as zeros: nothing outside the
 * arrays is read.
 */
enum { LANES = 8, FILTERS = 4 };

/* Sums of four filters at one pixel, spread over lanes. */
typedef struct {
  v128_t a, b, c, d;
} fl_spread;

static FL_INLINE v128_t plus(v128_t sum, v128_t weights, v128_t column) {
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(weights, column));
}

static FL_INLINE void add_eight(fl_spread *first, fl_spread *second, const int8_t *weights, int32_t depth, v128_t left,
                                v128_t right, int32_t count) {
  const v128_t a = wasm_i16x8_load8x8(weights), b = wasm_i16x8_load8x8(weights + depth);
  const v128_t c = wasm_i16x8_load8x8(weights + 2 * depth), d = wasm_i16x8_load8x8(weights + 3 * depth);
  first->a = plus(first->a, a, left);
  first->b = plus(first->b, b, left);
  first->c = plus(first->c, c, left);
  first->d = plus(first->d, d, left);
  if (count == 1) return;
  second->a = plus(second->a, a, right);
  second->b = plus(second->b, b, right);
  second->c = plus(second->c, c, right);
  second->d = plus(second->d, d, right);
}

/* Four channels and how they become outputs. */
typedef struct {
  const int8_t *weights;
  int32_t depth;
  fl_four_outputs outputs;
  fl_limits limits;
} fl_four_filters;

/* `count` (1 or 2) columns; `index` of the first output, those of the second lie `outputs` further. */
static FL_INLINE void four_filters(const fl_four_filters *f, const int16_t *columns, int32_t count, int32_t outputs,
                                   fl_sink to, int32_t index) {
  const int32_t depth = f->depth, whole = depth / LANES * LANES;
  const int16_t *others = columns + (count == 2 ? depth : 0);
  const v128_t none = wasm_i32x4_splat(0);
  fl_spread first = {none, none, none, none}, second = first;
  for (int32_t i = 0; i < whole; i += LANES) {
    add_eight(&first, &second, f->weights + i, depth, wasm_v128_load(columns + i), wasm_v128_load(others + i), count);
  }
  if (whole < depth) {
    const int32_t i = depth - LANES;
    const v128_t left = fl_last_lanes(depth - whole);
    add_eight(&first, &second, f->weights + i, depth, wasm_v128_and(wasm_v128_load(columns + i), left),
              wasm_v128_and(wasm_v128_load(others + i), left), count);
  }
  fl_put_four(&f->outputs, &f->limits, fl_lane_sums(first.a, first.b, first.c, first.d), to, index);
  if (count == 2)
    fl_put_four(&f->outputs, &f->limits, fl_lane_sums(second.a, second.b, second.c, second.d), to, outputs + index);
}

void fl_columns_s8(const int16_t *columns, int32_t count, int32_t depth, int32_t outputs, const fl_filter *filter,
                   const fl_range *range, const fl_sink *sink) {
  if (depth < LANES || outputs < FILTERS) {
    fl_columns_plain(columns, count, depth, outputs, filter, range, sink);
    return;
  }
  const fl_filter layer = *filter;
  const fl_sink to = *sink;
  fl_four_filters f = {NULL, depth, {0}, fl_limits_of(range)};
  for (int32_t next = 0; next < outputs; next += FILTERS) {
    /* The last four filters may be met twice, with the same outputs. */
    const int32_t channel = next + FILTERS <= outputs ? next : outputs - FILTERS;
    f.weights = layer.weights + channel * depth;
    f.outputs = fl_four_outputs_of(&layer, channel, FILTERS);
    if (count == 2) {
      four_filters(&f, columns, 2, outputs, to, channel);
    } else {
      four_filters(&f, columns, 1, outputs, to, channel);
    }
  }
}

#endif
