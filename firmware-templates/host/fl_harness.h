/*
 * A batch of work for a generated model, in one call: inputs to outputs, or a whole training session step by step.
 * The same code runs on the ARM board, in wasm32 and on the PC; job and result are byte layouts (FORMATS.md).
 * RAM: the model's arena (static), about 250 bytes of stack beside the kernels'. For tests and tools, not for devices.
 *
 * Compiled with
 *   -DFL_PARAMETERS_LINKED=1  the parameter image is the linked symbol fl_linked_parameters (trusted, not checked); jobs carry
 *                             none (parameters_bytes 0);
 *   -DFL_TRACE_CALLS=1        (model.c, too) results of forward jobs show what every call of the first inference wrote; and jobs
 *                             may say what each call may change: the first one that changes anything else is a fault
 *                             (fl_write_guard.h). Training begins in an arena full of noise.
 */
#ifndef FL_HARNESS_H
#define FL_HARNESS_H

#include <stdint.h>

enum {
  FL_JOB_MAGIC = 0x424a4c46,    /* "FLJB" */
  FL_RESULT_MAGIC = 0x53524c46, /* "FLRS" */
  FL_JOB_VERSION = 1,
  FL_JOB_FORWARD = 0, /* modes */
  FL_JOB_TRAIN = 1,
  FL_JOB_DIGESTS = 1, /* flag: SHA-256 of the state after every step */
  FL_JOB_FILL = 2     /* flag: the arena is filled with noise (from the seed) before each inference of a forward job */
};

typedef struct {
  uint32_t magic;
  uint16_t version;
  uint16_t mode;
  uint32_t bytes; /* of the whole job */
  uint32_t parameters_offset;
  uint32_t inputs_offset;
  uint32_t inputs;
  uint32_t steps_offset;
  uint32_t steps;
  uint32_t rates_offset;
  uint32_t rates;
  uint32_t seed;
  uint32_t flags;
  uint32_t parameters_bytes;
  uint32_t writes_offset; /* calls + 1 uint32: which ranges are a call's own, from .. to the next one's; then the ranges */
  uint32_t calls;         /* of the plan's schedule; 0: nothing is watched */
  uint32_t reserved;
} fl_job;

/* Bytes [from, to) of the arena, which a call may change. A call's own ascend and do not touch. */
typedef struct {
  uint32_t from;
  uint32_t to;
} fl_job_range;

/* One presentation of one input. */
typedef struct {
  uint32_t input;
  uint32_t label;
} fl_job_step;

/* The rates from one step on (N10). */
typedef struct {
  uint32_t first_step;
  struct {
    uint16_t mantissa;
    int16_t exponent;
  } weights, bias, head;
} fl_job_rates;

enum {
  FL_RESULT_OK = 0,
  FL_RESULT_BAD_JOB = 1,
  FL_RESULT_BAD_PARAMETERS = 2, /* detail: the code of fl_parameters_check */
  FL_RESULT_TOO_SMALL = 3,      /* detail: bytes needed */
  FL_RESULT_FAULT = 4,          /* the processor trapped: fault_* */
  FL_RESULT_STRAY_WRITE = 5     /* a call changed what is not its own: detail is its number, fault_address the byte of the arena */
};

typedef struct {
  uint32_t magic;
  uint32_t status;
  int32_t detail;
  uint32_t bytes; /* of the whole result */
  uint32_t records_offset;
  uint32_t records;
  uint32_t record_bytes;
  uint32_t state_offset;
  uint32_t state_bytes;
  uint32_t delta_offset;
  uint32_t delta_bytes;
  uint32_t stack_bytes; /* high water, 0 where it is not measured */
  uint32_t fault_kind;  /* exception number */
  uint32_t fault_status; /* CFSR */
  uint32_t fault_address;
  uint32_t fault_program_counter;
  uint8_t start_digest[32]; /* of the state before the first step */
  uint32_t trace_offset;    /* built with FL_TRACE_CALLS: what fl_after_call and fl_after_row were shown in */
  uint32_t trace_bytes;     /* the first inference, result by result: FL_MODEL_TRACE_BYTES; else 0 */
} fl_result;

/* The arena that harness programs lend to the model. */
extern uint8_t fl_arena[];

#ifndef FL_PARAMETERS_LINKED
#define FL_PARAMETERS_LINKED 0
#endif
#if FL_PARAMETERS_LINKED
/* The parameter image, 8-byte aligned. */
extern const uint8_t fl_linked_parameters[];
#endif

/* Does the job; the result begins with an fl_result, whatever happens. Both 8-byte aligned. Returns the status. */
uint32_t fl_harness_run(const uint8_t *job, uint32_t job_bytes, uint8_t *result, uint32_t capacity);

#endif
