/*
 * A whole training session for a generated model, from one block of bytes to another (FORMATS.md, section 7): the session
 * of the device program (fl_session.h) on rows that lie in the job. The same code runs on the ARM board, in wasm32 and on
 * the PC. RAM: the model's arena and about 0.3 KB, static. The order of the rows and the losses of the passes lie
 * behind the result; a device keeps them in its RAM (2 bytes a row, 4 a pass). Behind them lie the features of all rows, where the
 * model has a prefix: a device keeps them beside its samples. For tools, not for devices.
 */
#ifndef FL_TRAIN_SESSION_H
#define FL_TRAIN_SESSION_H

#include <stdbool.h>
#include <stdint.h>

enum {
  FL_TRAIN_JOB_MAGIC = 0x4a544c46,    /* "FLTJ" */
  FL_TRAIN_RESULT_MAGIC = 0x52544c46, /* "FLTR" */
  FL_TRAIN_VERSION = 1
};

typedef struct {
  uint32_t magic;
  uint32_t version;
  uint32_t bytes; /* of the whole job */
  uint32_t seed;
  uint32_t passes;
  uint32_t segments_offset;
  uint32_t segments;
  uint32_t rows_offset;
  uint32_t adapt_rows; /* first those to learn from, */
  uint32_t test_rows;  /* then those to test on */
  uint32_t order;      /* FL_ORDER_... */
  uint32_t below_loss; /* N11's early end */
  uint32_t patience;
  uint32_t least_fall;
  uint32_t reserved[2];
} fl_train_job;

/* The rates from one step on (N10). */
typedef struct {
  uint32_t first_step;
  struct {
    uint16_t mantissa;
    int16_t exponent;
  } weights, bias, head;
} fl_train_segment;

/* A row is its label (uint32) and its features, filled up to a multiple of 4. */

enum {
  FL_TRAIN_OK = 0,
  FL_TRAIN_BAD_JOB = 1,
  FL_TRAIN_TOO_SMALL = 2, /* detail: bytes needed */
  FL_TRAIN_FAULT = 3      /* the processor trapped: fault_* */
};

/* Of some rows: losses are summed in 1/4096 bit (N11). */
typedef struct {
  uint32_t items;
  uint32_t right;
  uint32_t loss_sum;
} fl_train_tally;

typedef struct {
  uint32_t restart; /* of the session when this pass was made: 0 to 2 */
  uint32_t pass;
  fl_train_tally learned; /* each row to learn from as it was before its step */
  fl_train_tally test;    /* after the pass */
} fl_train_epoch;

typedef struct {
  uint32_t magic; /* written last */
  uint32_t status;
  uint32_t detail;
  uint32_t bytes; /* of the whole result */
  uint32_t epochs_offset;
  uint32_t epochs; /* grows while the session runs */
  uint32_t delta_offset;
  uint32_t delta_bytes;
  uint32_t kept; /* 1: what was learnt stays; 0: the old values do */
  uint32_t steps;
  uint32_t restarts;
  uint32_t arena_peak; /* bytes up to the last one that was written */
  uint32_t stack_bytes; /* high water, 0 where it is not measured */
  uint32_t fault_kind;
  uint32_t fault_status;
  uint32_t fault_address;
  uint32_t fault_program_counter;
  fl_train_tally before;
  fl_train_tally base;
  fl_train_tally check;
  fl_train_tally after;
  uint32_t end;                    /* FL_END_... */
  uint32_t saturated_weights;      /* N13 */
  uint32_t saturated_head_weights;
  uint32_t saturated_biases;
  uint32_t reserved;
} fl_train_result;

/* The arena, and the parameter image, which is linked in: trusted, not checked. Both 8-byte aligned. */
extern uint8_t fl_arena[];
extern const uint8_t fl_linked_parameters[];

/* Takes a job; both blocks are 8-byte aligned and stay until the session is over. False: refused, the result says why. */
bool fl_train_begin(const uint8_t *job, uint32_t job_bytes, uint8_t *result, uint32_t capacity);

/* Works on `rows` rows. False: the session is over, and the result complete. */
bool fl_train_go_on(uint32_t rows);

#endif
