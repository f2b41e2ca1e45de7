/*
 * The kernels: every operator of a generated model is one of these functions, in a file of its name.
 *
 * Numerics: NUMERICS version 1 to the bit (the clause is named at each function). Maps are HWC, int8, batch 1.
 * Trust: sizes were checked by the compiler that generated the calls; kernels check nothing.
 * RAM: a kernel owns no memory. `scratch` is arena memory lent for the call; its size is stated at each function and
 *      computed by libs/firmware/planner/scratch.ts. Stack: below 200 bytes a kernel.
 * Flash: the Thumb-2 size of each function is printed by `npm run size`.
 */
#ifndef FL_KERNELS_H
#define FL_KERNELS_H

#include <stdint.h>

#include "fl_step.h"

/* A channel of a gradient without a non-zero mantissa has no exponent (N4). */
#define FL_NO_EXPONENT (-32768)

/* Sizes of a convolution; the padding after the map follows from them. */
typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_height, stride_width;
  int32_t dilation_height, dilation_width;
  int32_t pad_top, pad_left;
} fl_window;

/* Zero points and the clamp of the output, both ends inside. */
typedef struct {
  int32_t input_zero;
  int32_t output_zero;
  int32_t low, high;
} fl_range;

/* The parameters of one layer, where they lie: the constants of the parameter image or trained copies in the arena. */
typedef struct {
  const int8_t *weights;    /* conv [O][kh][kw][I], depthwise [C][kh*kw], fully connected [O][I] */
  const int32_t *bias;      /* NULL for none */
  int32_t bias_fraction;    /* 0, or FL_BIAS_FRACTION for a trained copy */
  const int32_t *multiplier;
  const int8_t *shift;
} fl_filter;

/* Head: weights [K][C] with 4 fractional bits, biases with 8. */
typedef struct {
  const int16_t *weights;
  const int32_t *bias;
  const int32_t *multiplier;
  const int8_t *shift;
} fl_head;

/* Constants of an ADD (N2). */
typedef struct {
  int32_t first_zero, first_multiplier, first_shift;
  int32_t second_zero, second_multiplier, second_shift;
  int32_t output_zero, output_multiplier, output_shift;
  int32_t low, high;
} fl_add;

/* Training constants of one layer (N0), one entry an output channel, from the parameter image. */
typedef struct {
  uint32_t id;                        /* N8: position among the layers */
  const uint16_t *back;               /* c[o] */
  int32_t back_exponent;              /* k_l */
  const uint16_t *weight_step;        /* qw */
  const int8_t *weight_step_exponent;
  const uint16_t *bias_step;          /* qb */
  const int8_t *bias_step_exponent;
  const uint8_t *frozen;              /* bitmap, LSB first: neither weights nor bias of the channel are updated */
} fl_training;

/*
 * A gradient (N4): channel planes of int16 mantissas, one exponent a channel; value = mantissa * 2^exponent.
 * After fl_scale_gradient all channels share exponents[0] (h and E_h of N6.2).
 */
typedef struct {
  int16_t *mantissas; /* [channels][pixels] */
  int16_t *exponents; /* [channels] */
  int32_t channels;
  int32_t pixels;
} fl_gradient;

/* What closes a row of an input gradient (N6.4): the skip gradient of an ADD, the mask of the tensor, the mantissa width. */
typedef struct {
  const uint8_t *mask;     /* clamp mask of the tensor, bits in HWC order; NULL: nothing was clamped */
  const fl_gradient *skip; /* NULL for none */
  int32_t skip_mantissa, skip_exponent; /* rc, rk */
  int32_t mantissa_bits;   /* M */
} fl_gradient_rules;

static inline int32_t fl_mask_bit(const uint8_t *mask, int32_t index) {
  return (mask[index >> 3] >> (index & 7)) & 1;
}

static inline void fl_mask_clear(uint8_t *mask, int32_t index) {
  mask[index >> 3] = (uint8_t)(mask[index >> 3] & ~(1 << (index & 7)));
}

static inline int32_t fl_is_frozen(const fl_training *training, int32_t channel) {
  return fl_mask_bit(training->frozen, channel);
}

/* ---- forward (N2). `mask`, where not NULL, receives one bit an output element: 1 where the clamp did not act. ---- */

/* Any kernel, stride, dilation, padding. scratch: 2 columns of kh*kw*I int16. */
void fl_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const int8_t *input,
                  int8_t *output, uint8_t *mask, int16_t *scratch);

/* 1x1, stride 1, no padding. scratch: 2 columns of I int16. */
void fl_pointwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const int8_t *input,
                            int8_t *output, uint8_t *mask, int16_t *scratch);

/* Any multiplier. scratch: the kernel's rows of one padded channel: ((kh-1)*dilation+1) * needed width int16. */
void fl_depthwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const int8_t *input,
                            int8_t *output, uint8_t *mask, int16_t *scratch);

/* `rows` inputs of `depth` to `rows` outputs of `outputs`. scratch: 2 columns of `depth` int16. */
void fl_fully_connected_s8(int32_t rows, int32_t depth, int32_t outputs, const fl_filter *filter, const fl_range *range,
                           const int8_t *input, int8_t *output, int16_t *scratch);

/*
 * The inner loop of the three above: `count` (1 or 2) columns of x - zero, one after the other, times all filters.
 * index: position in the output map of the first column's first output.
 */
void fl_columns_s8(const int16_t *columns, int32_t count, int32_t depth, int32_t outputs, const fl_filter *filter,
                   const fl_range *range, int8_t *output, uint8_t *mask, int32_t index);

/* Sum of two maps of `count` elements; output may be either input. */
void fl_add_s8(const fl_add *add, int32_t count, const int8_t *first, const int8_t *second, int8_t *output, uint8_t *mask);

/* Average over windows; padding is not counted. Halves away from zero; input and output share scale and zero point. */
void fl_average_pool2d_s8(const fl_window *window, const fl_range *range, const int8_t *input, int8_t *output);

/* The wide head: logits in log2 units with 16 fractional bits. */
void fl_head_s16(int32_t classes, int32_t features, const fl_head *head, int32_t input_zero, const int8_t *input,
                 int32_t *logits);

/* ---- loss (N3) ---- */

/* Returns the loss in 1/65536 bit; error: e in Q15. */
int32_t fl_softmax_cross_entropy(int32_t classes, const int32_t *logits, uint32_t label, int32_t *error);

/* T2 and TL of N0. */
extern const uint16_t fl_power_table[65];
extern const int32_t fl_logarithm_table[65];

/* ---- backward (N5, N6) and update (N7, N8) ---- */

/* N5: the gradient of the pooled tensor; all channels without exponent where the error is 0. scratch: `classes` int32. */
void fl_head_input_gradient(int32_t classes, const int32_t *error, const int16_t *weights, const fl_training *training,
                            int32_t mantissa_bits, const uint8_t *mask, const fl_gradient *output, int32_t *scratch);

/* N5: head weights and biases move. */
void fl_head_update(int32_t classes, int32_t features, const int32_t *error, const int8_t *input, int32_t input_zero,
                    const fl_training *training, const fl_step *step, int16_t *weights, int32_t *bias);

/* N6.1: keeps (g, E). */
void fl_copy_gradient(const fl_gradient *input, const fl_gradient *output);

/*
 * N6.2, in place: g to h, aligned to exponents[0]. mask: the convolution's own clamp, NULL if g is masked already.
 * Returns 0 where no channel has an exponent: the backward pass ends there.
 */
int32_t fl_scale_gradient(const fl_gradient *gradient, const fl_training *training, const uint8_t *mask);

/* N6.3. */
void fl_bias_update(const fl_gradient *h, const fl_training *training, const fl_step *step, int32_t *bias);

/*
 * N6.4, by transposed convolution with the weights before the step. scratch: one int32 a pixel of the input map.
 * Depthwise layers: multiplier 1.
 */
void fl_pointwise_input_gradient(const fl_gradient *h, const int8_t *weights, const fl_gradient_rules *rules,
                                 const fl_gradient *output, int32_t *scratch);
void fl_depthwise_input_gradient(const fl_window *window, const fl_gradient *h, const int8_t *weights,
                                 const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch);
void fl_conv2d_input_gradient(const fl_window *window, const fl_gradient *h, const int8_t *weights,
                              const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch);

/* The part of N6.4 that the three share: the sums of one channel, of exponent E_h, become mantissas and an exponent. */
void fl_finish_gradient_row(int32_t *row, int32_t channel, int32_t exponent, const fl_gradient_rules *rules,
                            const fl_gradient *output);

/* row += the plane of one output channel spread through one kernel; consecutive taps are `tap_step` weights apart. */
void fl_spread_plane(const fl_window *window, const int16_t *plane, const int8_t *taps, int32_t tap_step, int32_t *row);

/* N6.5 and N7. scratch (pointwise): 2 columns of P int16. Depthwise layers: multiplier 1. */
void fl_pointwise_weight_update(const fl_gradient *h, const int8_t *input, int32_t inputs, int32_t input_zero,
                                const fl_training *training, const fl_step *step, int8_t *weights, int16_t *scratch);
void fl_depthwise_weight_update(const fl_window *window, const fl_gradient *h, const int8_t *input, int32_t input_zero,
                                const fl_training *training, const fl_step *step, int8_t *weights);
void fl_conv2d_weight_update(const fl_window *window, const fl_gradient *h, const int8_t *input, int32_t input_zero,
                             const fl_training *training, const fl_step *step, int8_t *weights);

/* Sum over the pixels of one plane of h times the input that kernel tap (ky, kx) of `channel` met there. */
int32_t fl_tap_gradient(const fl_window *window, const int16_t *plane, const int8_t *input, int32_t input_zero,
                        int32_t channel, int32_t tap);

#endif
