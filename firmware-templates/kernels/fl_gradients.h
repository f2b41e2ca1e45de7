/*
 * Kernels of training that have no weights: what the forward half records, gradients of operators that are no layers, the
 * loss of a network without classes. Numerics: libs/model/quant/GRADIENTS.md (the clause is named at each function).
 *
 * Gradients have one exponent a channel; `scratch` is one int32 a pixel of the gradient that is written. Outputs and
 * operands are disjoint, but for kernels with the line "Order: by planes": they read the plane and the exponent of a
 * channel of each gradient that comes before they write those of the same channel of the one that goes.
 */
#ifndef FL_GRADIENTS_H
#define FL_GRADIENTS_H

#include "fl_kernels.h"

/* mantissa * 2^(exponent - 15), |mantissa| <= 32768 (G1). */
typedef struct {
  int32_t mantissa, exponent;
} fl_ratio;

/* What closes the row of every channel. */
typedef struct {
  const uint8_t *mask; /* of the tensor whose gradient it is, bits in HWC order; NULL: nothing was clamped */
  int32_t mantissa_bits;
} fl_gradient_end;

/* One term of a sum of gradients. */
typedef struct {
  fl_gradient gradient;
  fl_ratio ratio;
} fl_gradient_term;

enum { FL_GRADIENT_LOOPS = 5 };

/*
 * Where the elements of one channel of an operand meet those of the result (G5): loops, those that are not needed first and of
 * extent 1, with their steps in pixels of the operand, elements of the result and of the other factor of a product.
 */
typedef struct {
  int32_t extents[FL_GRADIENT_LOOPS];
  int32_t pixel[FL_GRADIENT_LOOPS], result[FL_GRADIENT_LOOPS], factor[FL_GRADIENT_LOOPS];
  int32_t first_pixel, first_result, first_factor;
  int32_t first_channel, channel_step, channels; /* which of the operand's channels are met */
  int32_t channel_result, channel_factor;
} fl_gradient_walk;

/* G2: the sums of one channel, of the given exponent (FL_NO_EXPONENT: none), times a ratio (NULL: 1), become `output`. */
void fl_close_gradient_row(int32_t *row, int32_t channel, int32_t exponent, const fl_ratio *ratio,
                           const fl_gradient_end *end, const fl_gradient *output);

/* G3: clamp masks, one bit an element of the output of an ADD, SUB, MUL; of a function of one element (bits: one an input byte). */
void fl_record_sum(const fl_add *add, const fl_pair *operands, const int8_t *first, const int8_t *second, uint8_t *mask);
void fl_record_difference(const fl_add *sub, const fl_pair *operands, const int8_t *first, const int8_t *second,
                          uint8_t *mask);
void fl_record_product(const fl_mul *mul, const fl_pair *operands, const int8_t *first, const int8_t *second, uint8_t *mask);
void fl_record_lookup(const uint8_t *bits, int32_t count, const int8_t *input, uint8_t *mask);

/* G7: the tap of each window that is the largest, the first of equal ones; HWC. At most 256 taps. */
void fl_record_maximum(const fl_window *window, const int8_t *input, uint8_t *taps);

/* G4: one term or two. Order: by planes. */
void fl_add_gradient(const fl_gradient_term *terms, int32_t count, const fl_gradient_end *end, const fl_gradient *output,
                     int32_t *scratch);

/* G5. factor: NULL where nothing is multiplied. */
void fl_move_gradient(const fl_gradient_walk *walk, const fl_gradient *gradient, const int8_t *factor, int32_t factor_zero,
                      const fl_ratio *ratio, const fl_gradient_end *end, const fl_gradient *output, int32_t *scratch);

/* G6. exponent: k of the smallest window; spare: bits of headroom for the windows that meet in a pixel. Order: by
 * planes. */
void fl_average_pool_gradient(const fl_window *window, int32_t exponent, int32_t spare, const fl_gradient *gradient,
                              const fl_gradient_end *end, const fl_gradient *output, int32_t *scratch);

/* G7. Order: by planes. */
void fl_max_pool_gradient(const fl_window *window, const uint8_t *taps, const fl_gradient *gradient,
                          const fl_gradient_end *end, const fl_gradient *output, int32_t *scratch);

/* G8. slopes: one for each byte of input, times 2^(exponent - 14). Order: by planes. */
void fl_lookup_gradient(const int16_t *slopes, int32_t exponent, const int8_t *input, const fl_gradient *gradient,
                        const fl_gradient_end *end, const fl_gradient *output, int32_t *scratch);

/* G9. Order: by planes. */
void fl_resize_gradient(const fl_resize *resize, const fl_gradient *gradient, const fl_gradient_end *end,
                        const fl_gradient *output, int32_t *scratch);

/* G11: returns the loss, in 1/16 of a squared step; output: the gradient of the prediction. */
int32_t fl_squared_error(const int8_t *prediction, const int8_t *target, const fl_ratio *ratio, const fl_gradient_end *end,
                         const fl_gradient *output, int32_t *scratch);

#endif
