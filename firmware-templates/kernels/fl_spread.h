/*
 * A plane of h spread through a kernel, as the input gradients of depthwise and k x k convolutions need it: what is the same for
 * all planes is made once. Header only. RAM: on the stack, 4 bytes; with FL_DSP_GRADIENTS 280.
 */
#ifndef FL_SPREAD_H
#define FL_SPREAD_H

#include "fl_kernels.h"

#if FL_DSP_GRADIENTS
enum { FL_SPREAD_STRIDE = 2, FL_SPREAD_TAPS = 7, FL_SPREAD_PAIRS = 36, FL_SPREAD_ELEMENTS = 100, FL_SPREAD_BEHIND = 4 };

/* Every stride-th column of the map, and the taps that they meet: every stride-th of a row of the kernel. */
typedef struct {
  int32_t pixels;
  int32_t taps, kernel_column; /* how many, and where the first is */
  int32_t column;              /* of the buffer, which the last of them meets at the first pixel */
  int32_t pairs;               /* words of weights for a row of the kernel */
} fl_phase;

typedef struct {
  const fl_window *window;
  int32_t fits;     /* 0: plainly, and nothing of what follows */
  int32_t is_whole; /* 3x3, the usual: the buffer has all rows, and one of zeros before and after them */
  int32_t left;     /* zeros before a row of h */
  int32_t row;      /* elements of a row of the buffer */
  int32_t capacity; /* rows of the buffer */
  int32_t pairs;    /* words of weights of a row of the kernel */
  fl_phase phases[FL_SPREAD_STRIDE];
  int16_t rows[FL_SPREAD_ELEMENTS + FL_SPREAD_BEHIND]; /* four pixels may be read where the last row has fewer */
} fl_spread;
#else
typedef struct {
  const fl_window *window;
} fl_spread;
#endif

/* The window stays where it is. */
void fl_begin_spread(const fl_window *window, fl_spread *spread);

/*
 * The plane of one output channel spread through one kernel becomes `row` or, where `adds` is not 0, is added to it; consecutive
 * taps are `tap_step` weights apart.
 */
void fl_spread_plane(fl_spread *spread, const fl_mantissa *plane, const int8_t *taps, int32_t tap_step, int32_t adds,
                     int32_t *row);

#endif
