/*
 * The input rows under a depthwise kernel, four channels at a time, spread out of the HWC map into a ring of bordered int16
 * rows, one beside the other for each channel, as byte + 128 (0..255): two neighbours are one word, and the inner loops meet
 * neither border nor stride over channels. The border is the zero point + 128; where that is 0, rows of larger kernels that
 * lie above and below the map are left out. RAM: the ring, lent by the caller.
 */
#ifndef FL_PLANES_DSP_H
#define FL_PLANES_DSP_H

#include "fl_kernels.h"

enum { FL_PLANES = 4 };

/* The ring, and what is to come into it. */
typedef struct {
  int16_t *rows, *end;
  int32_t row_step; /* elements from one row to the next: FL_PLANES channels */
  int32_t width;    /* elements of a row of one channel: all that the kernel touches, even */
  int32_t pixels;   /* of them, what comes from the map */
  int32_t channels;
  int32_t border;   /* twice in a word */
  int32_t skips;    /* rows outside the map are left out */
  int32_t next;     /* the row to come, counted from the first that a kernel touches, above the map */
  int16_t *slot;    /* where it comes to */
  const int8_t *source; /* the row of the map that comes next */
  int32_t source_row;   /* its place in the ring of the input */
} fl_planes;

/* Borders of the whole ring. */
void fl_planes_clear(const fl_planes *planes);

/* The ring is empty; `first` is the first row that will be asked for, of the channels from `channel` on. */
void fl_planes_start(const fl_window *window, const fl_band *band, int32_t channel, int32_t first, fl_planes *planes);

/* All rows up to `end` that have not come yet; those before `first` are not needed. */
void fl_planes_load(const fl_window *window, const fl_band *band, int32_t first, int32_t end, fl_planes *planes);

#endif
