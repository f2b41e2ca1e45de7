/*
 * A batch of work for a generated model, in one call: inputs to outputs, or a whole training session step by step.
 * The same code runs on the ARM board, in wasm32 and on the PC; job and result are byte layouts (FORMATS.md).
 * RAM: the model's arena (static), about 250 bytes of stack beside the kernels'. For tests and tools, not for devices.
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
  FL_JOB_DIGESTS = 1 /* flag: SHA-256 of the state after every step */
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
  uint32_t reserved[3];
} fl_job;

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
  FL_RESULT_FAULT = 4           /* the processor trapped: fault_* */
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
} fl_result;

/* The arena that harness programs lend to the model. */
extern uint8_t fl_arena[];

/* Does the job; the result begins with an fl_result, whatever happens. Both 8-byte aligned. Returns the status. */
uint32_t fl_harness_run(const uint8_t *job, uint32_t job_bytes, uint8_t *result, uint32_t capacity);

#endif
