/*
 * Encodes a delta for its upload (libs/fleet/delta/DELTA.md), piece by piece, from the raw delta that the model can make
 * again at any time. Nothing is stored: a device that lost its power sends the same bytes.
 *
 * RAM: sizeof(fl_delta_coder), 432 B, owned by the caller; under 290 B of stack, without what reads the delta.
 * Flash: 1.7 KB with fl_delta_model.c (Cortex-M0+ and M4, -Os).
 * Time: the delta is encoded once for its size, and once more to send it. Going back to an earlier offset encodes again from
 * the start. All of it can be done in slices of some steps; a step reads one element at most (fl_delta_model.h says what that takes), and
 * an element takes one to eight.
 */
#ifndef FL_DELTA_CODING_H
#define FL_DELTA_CODING_H

#include "fl_delta_model.h"

/* Private to fl_delta_coding.c but for its size. */
typedef struct {
  fl_delta_model model;
  uint32_t total;    /* bytes of the encoding */
  uint32_t produced; /* bytes given out since the start */
  uint32_t low;      /* the stream's next digits, of which `held` bytes more are waiting for a carry */
  uint32_t range;
  bool carry;
  uint8_t first; /* of the bytes that wait; the others are 255 */
  uint32_t held;
  uint8_t ready; /* the next of the bytes to give out, and those after it */
  uint8_t then;
  uint32_t ready_count;
  uint32_t plain; /* bits that follow the symbol */
  uint32_t plain_count;
  uint32_t ending; /* 0: there are elements; n + 1: n bytes to shift out */
} fl_delta_coder;

/* Begins with a raw delta, which must not change until the upload is over. */
void fl_delta_start(fl_delta_coder *coder, const fl_delta_source *source);

/* Goes on to find out the size of the encoding. True: it is `total`, bytes, and the rest can be called; not again. */
bool fl_delta_measure(fl_delta_coder *coder, uint32_t steps);

/* Goes on to byte `offset`. True: it is there, and reading from there encodes no more than what is read. */
bool fl_delta_seek(fl_delta_coder *coder, uint32_t offset, uint32_t steps);

/* Writes bytes [offset, offset + count) of the encoding to out, fewer at its end; how many. */
uint32_t fl_delta_read(fl_delta_coder *coder, uint32_t offset, uint8_t *out, uint32_t count);

#endif
