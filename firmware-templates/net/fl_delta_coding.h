/*
 * Encodes a delta for its upload (libs/fleet/delta/DELTA.md), piece by piece, from the raw delta that the model can make
 * again at any time. Nothing is stored: a device that lost its power sends the same bytes.
 *
 * RAM: sizeof(fl_delta_coder), 140 B, owned by the caller; under 140 B of stack, without what reads the delta.
 * Flash: 650 B (Cortex-M0+ and M4, -Os).
 * Time: fl_delta_start reads the raw delta once, encoding it once more. Going back to an earlier offset encodes again from the
 * start.
 */
#ifndef FL_DELTA_CODING_H
#define FL_DELTA_CODING_H

#include <stdbool.h>
#include <stdint.h>

enum { FL_DELTA_WINDOW_BYTES = 64 };

/* Kinds of variables: the numbers of FL_VARIABLE_... in fl_model.h. */
enum { FL_DELTA_WEIGHTS = 0, FL_DELTA_HEAD = 1, FL_DELTA_BIAS = 2 };

typedef struct {
  uint32_t count; /* elements */
  uint32_t kind;  /* FL_DELTA_... */
} fl_delta_variable;

/* The raw delta: its variables in order (fl_model_variables), and its bytes (fl_model_read_delta). */
typedef struct {
  uint32_t variable_count;
  fl_delta_variable (*variable)(void *context, uint32_t index);
  void (*read)(void *context, uint32_t offset, uint8_t *out, uint32_t count);
  void *context;
} fl_delta_source;

/* Private to fl_delta_coding.c but for its size. */
typedef struct {
  fl_delta_source source;
  uint32_t total;    /* bytes of the encoding */
  uint32_t produced; /* bytes given out since the start */
  uint32_t index;    /* of the variable after the one being encoded */
  uint32_t kind;     /* of the variable being encoded */
  uint32_t raw;      /* offset of its next element in the raw delta */
  uint32_t end;      /* of the variable, there */
  uint32_t mean[3];  /* by kind: of the last numbers, in sixteenths */
  uint32_t bits;     /* made and not given out, least significant first */
  uint32_t bit_count;
  uint32_t tail; /* the second part of a code, not yet in bits */
  uint32_t tail_count;
  uint32_t window_start; /* offset of window[0] in the raw delta */
  uint32_t window_count;
  uint8_t window[FL_DELTA_WINDOW_BYTES];
} fl_delta_coder;

/* Begins with a raw delta, which must not change until the upload is over. The size of the encoding in bytes. */
uint32_t fl_delta_start(fl_delta_coder *coder, const fl_delta_source *source);

/* Writes bytes [offset, offset + count) of the encoding to out, fewer at its end; how many. */
uint32_t fl_delta_read(fl_delta_coder *coder, uint32_t offset, uint8_t *out, uint32_t count);

#endif
