/*
 * What is expected of the next element of a delta, from those before it (libs/fleet/delta/DELTA.md, "Expectation" and "Symbols").
 *
 * RAM: sizeof(fl_delta_model), 388 B, owned by the caller; 88 B of stack, without what reads the delta.
 * Flash: 960 B (Cortex-M0+ and M4, -Os).
 * Time: an element is compared with those of the same column of up to 31 rows before it, which are read again: some 4,700 instructions an
 * element of kws-digits on Cortex-M4, 13,000 on Cortex-M0+, with fl_model_read_delta.
 */
#ifndef FL_DELTA_MODEL_H
#define FL_DELTA_MODEL_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds of variables: the numbers of FL_VARIABLE_... in fl_model.h. */
enum { FL_DELTA_WEIGHTS = 0, FL_DELTA_HEAD = 1, FL_DELTA_BIAS = 2 };

/* A row and those that it is compared with; columns that are read at once. */
enum { FL_DELTA_ROWS = 32, FL_DELTA_COLUMNS = 2 };

/* Symbols of an element: 127 buckets, and one for what lies outside. */
enum { FL_DELTA_SYMBOLS = 128, FL_DELTA_ESCAPE = 127, FL_DELTA_MIDDLE = 64 };

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

/* The next element and what was expected of it. */
typedef struct {
  int32_t value;
  int32_t centre;
  uint32_t scale; /* expected magnitude of its distance from the centre, in sixteenths */
  int32_t limit;  /* its largest magnitude, and the bits of twice that */
  uint32_t limit_bits;
} fl_delta_element;

/* How symbols lie around the centre: buckets of 2^shift numbers; the expected magnitude is `width` sixteenths of one. */
typedef struct {
  uint32_t shift;
  uint32_t width;
} fl_delta_buckets;

/* Private to fl_delta_model.c but for its size. */
typedef struct {
  fl_delta_source source;
  uint32_t index;      /* of the variable after the one being read */
  uint32_t kind;       /* of the variable being read */
  uint32_t raw;        /* offset of its next element in the raw delta */
  uint32_t end;        /* of the variable, there */
  uint32_t row_length; /* elements of its rows */
  uint32_t row;        /* rows before this one */
  uint32_t column;     /* of the next element */
  uint32_t level[3];   /* by kind: mean magnitude of the last rows, in sixteenths */
  uint32_t sum;        /* of the magnitudes in this row, in sixteenths */
  uint32_t seen;       /* elements in the sum */
  uint32_t energy;     /* of this row: sum of squares */
  /* By row, modulo FL_DELTA_ROWS. */
  int32_t likeness[FL_DELTA_ROWS];
  uint16_t gain[FL_DELTA_ROWS]; /* 0: of this row, or there is none */
  int16_t block[FL_DELTA_ROWS][FL_DELTA_COLUMNS];
} fl_delta_model;

/* Begins with a raw delta, which must not change until all of it was read. */
void fl_delta_model_start(fl_delta_model *model, const fl_delta_source *source);

/* The next element; false: there is none. */
bool fl_delta_model_next(fl_delta_model *model, fl_delta_element *element);

fl_delta_buckets fl_delta_buckets_at(uint32_t scale);

/* The frequencies, of 65,536 in all, of the symbols below this one. */
uint32_t fl_delta_cumulative(const fl_delta_buckets *buckets, uint32_t symbol);

#endif
