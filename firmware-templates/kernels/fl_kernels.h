/*
 * The kernels: every operator of a generated model is one of these functions, in a file of its name.
 *
 * Numerics: inference to the bit as libs/model/quant/INFERENCE.md, training as NUMERICS version 2 (the clause is named at
 * each function). Maps are HWC, int8, batch 1.
 * Trust: sizes were checked by the compiler that generated the calls; kernels check nothing.
 * RAM: a kernel owns no memory. `scratch` is arena memory lent for the call; its size is stated at each function and
 *      computed by libs/firmware/planner/scratch.ts. Stack: below 300 bytes a kernel; input gradients
 *      of depthwise and k x k layers, with FL_DSP_GRADIENTS, below 800 (fl_spread.h).
 * Flash: the Thumb-2 size of each function is printed by `npm run size`.
 */
#ifndef FL_KERNELS_H
#define FL_KERNELS_H

#include <stdint.h>

#include "fl_step.h"
#include "fl_walk.h"

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
  int32_t together; /* conv2d: output pixels for which there is scratch, 2 or 4; depthwise: 4 channels, or another number */
} fl_window;

/*
 * Which rows of a map a call computes, and where the rows of both maps lie: input row y at input + (y % input_rows) rows,
 * output rows likewise. A whole map has as many rows as it is high; a ring that streams row by row has fewer. Where the
 * ring's `input_rows` are fewer than the map's, the caller keeps those that the band reaches.
 */
typedef struct {
  const int8_t *input;
  int32_t input_rows;
  int8_t *output;
  int32_t output_rows;
  int32_t from, to; /* output rows [from, to) */
} fl_band;

/* Zero points and the clamp of the output, both ends inside. */
typedef struct {
  int32_t input_zero;
  int32_t output_zero;
  int32_t low, high;
} fl_range;

/* The parameters of one layer, where they lie: the constants of the parameter image or trained copies in the arena. */
typedef struct {
  const int8_t *weights;    /* conv, transposed conv [O][kh][kw][I], depthwise [C][kh*kw], fully connected [O][I] */
  const int32_t *bias;      /* NULL for none */
  const uint8_t *frozen;    /* NULL where biases are constants; of a trained copy, bits of the channels that hold theirs whole (N1) */
  const int32_t *multiplier;
  const int8_t *shift;
  const int8_t *trained;    /* NULL, or where the weights of the first `trained_inputs` input channels are instead: as of */
  int32_t trained_inputs;   /* fl_split_weights. Only fl_split_conv2d_s8 and fl_depthwise_conv2d_s8 know them */
} fl_filter;

/* Head: weights [K][C] with 4 fractional bits, biases with 8. */
typedef struct {
  const int16_t *weights;
  const int32_t *bias;
  const int32_t *multiplier;
  const int8_t *shift;
} fl_head;

/* Constants of an ADD or SUB (N2). */
typedef struct {
  int32_t first_zero, first_multiplier, first_shift;
  int32_t second_zero, second_multiplier, second_shift;
  int32_t output_zero, output_multiplier, output_shift;
  int32_t low, high;
} fl_add;

/* Constants of a MUL. */
typedef struct {
  int32_t first_zero, second_zero, output_zero;
  int32_t multiplier, shift;
  int32_t low, high;
} fl_mul;

/* Constants of a MEAN; 1 / N is in the multiplier. */
typedef struct {
  int32_t input_offset; /* the input's zero point times N, the elements of a mean */
  int32_t multiplier, shift;
  int32_t output_zero;
} fl_mean;

/* Constants of a SOFTMAX: beta * scale as Q5.26, and the difference below which a probability is 0. */
typedef struct {
  int32_t multiplier, shift;
  int32_t smallest_difference;
} fl_softmax;

/* Sizes of a resized map, and which row and column of the input each of the output shows. */
typedef struct {
  int32_t in_width, out_width, channels;
  const uint16_t *rows, *columns;
} fl_resize;

/* Where a run of outputs goes: bit `first` + i of the mask belongs to output[i]. */
typedef struct {
  int8_t *output;
  uint8_t *mask; /* NULL for none */
  int32_t first;
} fl_sink;

/* Training constants of one layer (N0), one entry an output channel, from the parameter image. */
typedef struct {
  uint32_t id;                        /* N8: position among the layers */
  const uint16_t *back;               /* c[o] */
  const int8_t *back_exponent;        /* k[o] */
  const uint16_t *weight_step;        /* qw */
  const int8_t *weight_step_exponent;
  const uint16_t *bias_step;          /* qb */
  const int8_t *bias_step_exponent;
  const uint8_t *frozen;              /* bitmap, LSB first: neither weights nor bias of the channel are updated */
} fl_training;

/* Channels [first, end) of a tensor. */
typedef struct {
  int32_t first, end;
} fl_channels;

/*
 * What all gradients of a program are stored as (N4): built with -DFL_INT8_GRADIENTS=1, |mantissa| <= 64. Planes that kernels
 * make in scratch are of the same type.
 */
#if FL_INT8_GRADIENTS
typedef int8_t fl_mantissa;
#else
typedef int16_t fl_mantissa;
#endif

/*
 * A gradient (N4): channel planes of mantissas, one exponent a channel; value = mantissa * 2^exponent.
 *
 * Backward kernels work on a range of channels. `mantissas` and `exponents` of a gradient that is taken or given by range
 * point at the range's first channel, so that a buffer of a few planes will do; all constants of a layer (weights, biases,
 * fl_training) and masks are addressed from channel 0. The range of a whole tensor is {0, channels}.
 */
typedef struct {
  fl_mantissa *mantissas; /* [..][pixels] */
  int16_t *exponents;
  int32_t channels;   /* of the whole tensor */
  int32_t pixels;
} fl_gradient;

/* The same from its channel `channel` on. */
static inline fl_gradient fl_gradient_from(const fl_gradient *gradient, int32_t channel) {
  return (fl_gradient){gradient->mantissas + channel * gradient->pixels, gradient->exponents + channel, gradient->channels,
                       gradient->pixels};
}

/*
 * The weights of one convolution as its input gradient reads them: of input channels [0, trained_inputs) in the trained copy,
 * of the others where they lie in the parameter image. All trained: `fixed` is not read. None: trained_inputs is 0.
 */
typedef struct {
  const int8_t *trained; /* [O][kh][kw][trained_inputs]; depthwise [trained_inputs][kh*kw] */
  int32_t trained_inputs;
  const int8_t *fixed; /* the whole tensor: [O][kh][kw][I]; depthwise [C][kh*kw] */
} fl_split_weights;

/* The weights of one input channel of a convolution: consecutive ones (taps, then outputs) are `step` bytes apart. */
typedef struct {
  const int8_t *first;
  int32_t step;
} fl_input_weights;

static inline fl_input_weights fl_weights_of_input(const fl_split_weights *weights, int32_t input, int32_t inputs) {
  return input < weights->trained_inputs ? (fl_input_weights){weights->trained + input, weights->trained_inputs}
                                         : (fl_input_weights){weights->fixed + input, inputs};
}

/* The first channels of a layer's input, as planes, kept for its weight update. */
typedef struct {
  const int8_t *planes; /* [channels][pixels of the input map] */
  int32_t channels;     /* whose weights are trained */
  int32_t zero;         /* zero point */
} fl_saved_input;

/* What closes a row of an input gradient (N6.4): the skip gradient of an ADD, the mask of the tensor, the mantissa width. */
typedef struct {
  const uint8_t *mask;     /* clamp mask of the tensor, bits in HWC order; NULL: nothing was clamped */
  const fl_gradient *skip; /* the whole tensor; NULL for none */
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

/*
 * ---- forward (N2) ----
 *
 * `mask`, where not NULL, receives one bit an output element of the whole map: 1 where the clamp did not act. It is filled
 * by the call whose band begins at row 0.
 *
 * "Order" says in which order a kernel reads and writes: libs/firmware/planner/overlap.ts lets outputs lie over inputs
 * that die in the call, relying on it. A kernel without that line reads any input after any write: input and output must
 * be disjoint.
 */

/*
 * Any kernel, stride, dilation, padding. scratch: columns of kh*kw*I int16, 2 of them, or 1 where the output is 1 wide; 4 of
 * them, kh*kw*I rounded up to 4, where window->together says so.
 * Order: output pixels ascending, row by row, two at a time within a row (the last one of an odd row alone): the inputs of
 * both are copied to scratch before the outputs of both are written. With DSP instructions and scratch for 4, four at a time.
 */
void fl_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                  uint8_t *mask, int16_t *scratch);

/* The same with weights that are trained in part; of 1x1 layers, whole maps may be given as one row. Scratch and order: the same. */
void fl_split_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                        uint8_t *mask, int16_t *scratch);

/*
 * Keeps the first `channels` of `depth` channels for the weight update: [from, to) of the band are rows of the map, `width`
 * pixels wide, `output` the planes, `output_rows` the height of the map.
 */
void fl_save_input(int32_t width, int32_t depth, const fl_band *band, int32_t channels);

/*
 * 1x1, stride 1, no padding. scratch: columns of I int16, 2 of them, or 1 where the output is one pixel.
 * Order: as fl_conv2d_s8, but the pixels of all rows of the band are one run (pairs cross rows); a run ends where a ring wraps.
 */
void fl_pointwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                            uint8_t *mask, int16_t *scratch);

/*
 * Any multiplier. scratch: the kernel's rows of one padded channel: ((kh-1)*dilation+1) * needed width int16; of four channels
 * and 136 bytes for each where window->together says so.
 * Order: output channel by channel, rows ascending; before an output row is written, all input rows (of its channel) that it
 * needs are in scratch: those that the row before did not need are copied then.
 */
void fl_depthwise_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band,
                            uint8_t *mask, int16_t *scratch);

/* Transposed convolution, dilation 1: each output pixel sums over the taps that reach it. No scratch. */
void fl_transpose_conv2d_s8(const fl_window *window, const fl_filter *filter, const fl_range *range, const fl_band *band);

/*
 * `rows` inputs of `depth` to `rows` outputs of `outputs`. scratch: columns of `depth` int16, 2 of them, or 1 for one row.
 * Order: rows ascending, two at a time (the last one alone if odd): both are copied to scratch before both are written.
 */
void fl_fully_connected_s8(int32_t rows, int32_t depth, int32_t outputs, const fl_filter *filter, const fl_range *range,
                           const int8_t *input, int8_t *output, int16_t *scratch);

/*
 * Sum, difference and product of `count` elements; and of arrays of which one is stretched (steps 0) over the other.
 * Order: elements ascending; each is read before it is written, so the output may be (or begin before) an operand that
 * is not stretched.
 */
void fl_add_s8(const fl_add *add, int32_t count, const int8_t *first, const int8_t *second, int8_t *output, uint8_t *mask);
void fl_sub_s8(const fl_add *sub, int32_t count, const int8_t *first, const int8_t *second, int8_t *output);
void fl_mul_s8(const fl_mul *mul, int32_t count, const int8_t *first, const int8_t *second, int8_t *output);
void fl_add_broadcast_s8(const fl_add *add, const fl_pair *operands, const int8_t *first, const int8_t *second,
                         int8_t *output);
void fl_sub_broadcast_s8(const fl_add *sub, const fl_pair *operands, const int8_t *first, const int8_t *second,
                         int8_t *output);
void fl_mul_broadcast_s8(const fl_mul *mul, const fl_pair *operands, const int8_t *first, const int8_t *second,
                         int8_t *output);

/* Any function of one element: `table` has an entry a byte (0..255) of input. Order: elements ascending, read before written. */
void fl_lookup_s8(const int8_t *table, int32_t count, const int8_t *input, int8_t *output);

/*
 * Average over windows; padding is not counted. Halves away from zero; input and output share scale and zero point.
 * Order: pixels ascending, channels ascending; the window of a channel is read before its output is written.
 */
void fl_average_pool2d_s8(const fl_window *window, const fl_range *range, const fl_band *band);

/*
 * The same over all pixels, rows of the map one after the other: here [from, to) of the band are rows of the *input*. sums: one
 * int32 a channel, kept from the first call (from 0) to the last, which writes the output.
 * Order: all input is read before the first output is written.
 */
void fl_average_rows_s8(const fl_window *window, const fl_range *range, const fl_band *band, int32_t *sums);

/* Largest of windows; padding takes no part. Order: as fl_average_pool2d_s8. */
void fl_max_pool2d_s8(const fl_window *window, const fl_range *range, const fl_band *band);

/*
 * Means of an array. sums: `first` are steps over the outputs, 0 for dimensions that are averaged; the input is read in
 * order, `second` is not used. outputs: how many means. scratch: one int32 an output.
 * Order: all input is read before the first output is written.
 */
void fl_mean_s8(const fl_mean *mean, const fl_pair *sums, int32_t outputs, const int8_t *input, int8_t *output,
                int32_t *scratch);

/*
 * Softmax of `rows` rows of `classes`. No scratch: exponentials are computed twice.
 * Order: rows ascending; within a row elements ascending, each written after its last read: an output row may lie on its
 * input row or before it.
 */
void fl_softmax_s8(const fl_softmax *softmax, int32_t rows, int32_t classes, const int8_t *input, int8_t *output);

/* Copies elements from places `first` to places `second`: concatenation, slices, transposes. */
void fl_move_s8(const fl_pair *places, const int8_t *input, int8_t *output);

/* The `count` elements of output become `zero`, then the input is moved to the places `second` from output[start]. */
void fl_pad_s8(const fl_pair *places, int32_t zero, int32_t count, int32_t start, const int8_t *input, int8_t *output);

/* Order: pixels ascending, channels ascending, read before written. */
void fl_resize_nearest_s8(const fl_resize *resize, const fl_band *band);

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
 * N6.2, shared exponent, in place: g to h, all channels with the same exponent. mask: the convolution's own clamp, NULL if g
 * is masked already. Returns 0 where no channel has an exponent: nothing that is derived from this gradient alone changes.
 */
int32_t fl_scale_gradient(const fl_gradient *gradient, const fl_training *training, const uint8_t *mask);

/* N6.2, own exponents, in place, channels of a range. */
void fl_scale_own_gradient(fl_channels range, const fl_gradient *gradient, const fl_training *training,
                           const uint8_t *mask);

/* N6.3 for one channel that is not frozen: `sum` of its h over the pixels, whose exponent is `exponent`. */
void fl_move_bias(int32_t channel, int32_t sum, int32_t exponent, const fl_training *training, const fl_step *step,
                  int32_t *bias);

/* N6.3, channels of a range. */
void fl_bias_update(fl_channels range, const fl_gradient *h, const fl_training *training, const fl_step *step,
                    int32_t *bias);

/*
 * N6.4, aligned: by transposed convolution with the weights before the step. range: the channels that are produced, those of
 * the layer's input; `output` is given by range. scratch: one int32 a pixel of the input map.
 * h: the whole tensor, of one shared exponent. Depthwise layers: the channels that the range was made of, multiplier 1: with exponents of their own.
 */
void fl_pointwise_input_gradient(fl_channels range, const fl_gradient *h, const fl_split_weights *weights,
                                 const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch);
void fl_depthwise_input_gradient(const fl_window *window, fl_channels range, const fl_gradient *h,
                                 const fl_split_weights *weights, const fl_gradient_rules *rules, const fl_gradient *output,
                                 int32_t *scratch);
void fl_conv2d_input_gradient(const fl_window *window, fl_channels range, const fl_gradient *h,
                              const fl_split_weights *weights, const fl_gradient_rules *rules, const fl_gradient *output,
                              int32_t *scratch);

/* The part of N6.4 that all share: the sums of one channel, of exponent E_h, become `output`, given by that channel. */
void fl_finish_gradient_row(int32_t *row, int32_t channel, int32_t exponent, const fl_gradient_rules *rules,
                            const fl_gradient *output);

/*
 * A gradient h of N6.2, shared exponents, that is nowhere stored: its planes are made when they are needed, to the same bytes. Of
 * g, scaled and cut by the convolution's own clamp (fl_viewed_...); or of one number a channel, the scaled gradient of a
 * global average, at every pixel where the mask is open (fl_pooled_...).
 */
typedef struct {
  const fl_gradient *gradient;  /* the whole tensor: g; or one pixel a channel */
  const fl_training *training;  /* of the layer whose output it is; pooled: not read */
  const uint8_t *mask;          /* NULL: all open */
  int32_t pixels;
} fl_gradient_view;

/* The exponent that all channels share. */
int32_t fl_view_exponent(const fl_gradient_view *view);

/* One channel; `exponent` is the one that all share. */
void fl_view_plane(const fl_gradient_view *view, int32_t channel, int32_t exponent, fl_mantissa *plane);

/* N5, where it gave one number a channel: those of which no pixel is open have no exponent. pixels: of the mask. */
void fl_close_channels(const uint8_t *mask, int32_t pixels, const fl_gradient *gradient);

/* N6.3, all channels. scratch: one fl_mantissa a pixel. */
void fl_viewed_bias_update(const fl_gradient_view *view, const fl_training *training, const fl_step *step, int32_t *bias,
                           fl_mantissa *scratch);
void fl_pooled_bias_update(const fl_gradient_view *view, const fl_training *training, const fl_step *step, int32_t *bias);

/*
 * N6.4, aligned, of a pointwise layer, as fl_pointwise_input_gradient. Four channels of the output at a time, so that planes are
 * made once for all of them. scratch: two int32 a pixel; viewed: and four fl_mantissa.
 */
void fl_viewed_input_gradient(fl_channels range, const fl_gradient_view *view, const fl_split_weights *weights,
                              const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch);
void fl_pooled_input_gradient(fl_channels range, const fl_gradient_view *view, const fl_split_weights *weights,
                              const fl_gradient_rules *rules, const fl_gradient *output, int32_t *scratch);

/*
 * N6.4, running, of a pointwise layer whose gradient has own exponents: begun, then fed all channels of the layer's output in
 * index order, then finished. What lies between the calls is the caller's affair, but weights must still be those before
 * the step when their channel is fed.
 */
typedef struct {
  int32_t *sums;     /* [inputs][pixels] */
  int32_t inputs;    /* channels of the layer's input */
  int32_t pixels;
  int32_t exponent;  /* E_run */
  int32_t spare_bits; /* highest bits of every sum that hold stowed bytes: 0, 1, 2, 4 or 8 */
} fl_running_gradient;

void fl_begin_running_gradient(fl_running_gradient *running);

/* `first` is a multiple of four, `end` too or the last channel's; h by range, left as it is. scratch: 4 fl_mantissa a pixel. */
void fl_add_running_gradient(fl_running_gradient *running, fl_channels range, const fl_gradient *h,
                             const fl_split_weights *weights, fl_mantissa *scratch);

/*
 * Sums that need fewer than 32 bits hold something else in the others, modulo 2^32: from the beginning on, until it is taken back
 * before they are finished. first: which of all bytes that they have room for, 8 / spare_bits sums each.
 */
void fl_stow_bytes(const fl_running_gradient *running, int32_t first, const uint8_t *bytes, int32_t count);
void fl_take_back_bytes(const fl_running_gradient *running, int32_t first, uint8_t *bytes, int32_t count);

/* `output` is the whole tensor. Order: channels and pixels ascending: its planes may lie where the sums do. */
void fl_finish_running_gradient(const fl_running_gradient *running, const fl_gradient_rules *rules,
                                const fl_gradient *output);

/* The same where the planes lie where the sums do: exponents wait in scratch (int16, one an input) until the sums are gone. */
void fl_finish_in_place(const fl_running_gradient *running, const fl_gradient_rules *rules, const fl_gradient *output,
                        int16_t *scratch);

/*
 * N6.5 and N7: the weights of the first saved->channels input channels, of the outputs in a range; h by range. weights:
 * [O][kh][kw][saved->channels], depthwise [saved->channels][kh*kw], of all outputs. inputs: channels of the layer's input.
 * scratch (pointwise): two planes of P fl_mantissa.
 */
void fl_pointwise_weight_update(fl_channels range, const fl_gradient *h, const fl_saved_input *saved, int32_t inputs,
                                const fl_training *training, const fl_step *step, int8_t *weights, fl_mantissa *scratch);
void fl_depthwise_weight_update(const fl_window *window, fl_channels range, const fl_gradient *h, const fl_saved_input *saved,
                                const fl_training *training, const fl_step *step, int8_t *weights);
void fl_conv2d_weight_update(const fl_window *window, fl_channels range, const fl_gradient *h, const fl_saved_input *saved,
                             const fl_training *training, const fl_step *step, int8_t *weights);

/* Sum over the pixels of one plane of h times what kernel tap `tap` met there in one plane of the input. */
int32_t fl_tap_gradient(const fl_window *window, const fl_mantissa *plane, const int8_t *input, int32_t input_zero, int32_t tap);

#endif
