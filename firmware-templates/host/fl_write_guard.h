/*
 * Watches the arena while a generated model runs: after each of its calls, every byte outside the ranges that the plan gives to that
 * call must be what it was. A byte too many behind an output or a scratch is found wherever it falls, not only where a later call
 * reads what lay there. Programs built with FL_TRACE_CALLS; others have none of it.
 * RAM: about 40 bytes, 16 behind the arena, and a copy of the arena, which the job's result lends.
 */
#ifndef FL_WRITE_GUARD_H
#define FL_WRITE_GUARD_H

#include "fl_harness.h"
#include "fl_model.h"

#if FL_TRACE_CALLS

/* From now on. copy: FL_MODEL_ARENA_BYTES, 8-byte aligned. The job's table must have been checked. */
void fl_guard_start(const fl_job *job, const uint8_t *base, uint8_t *copy);

/* The arena as it is now is right: to be called after every change that is not a call of the model. */
void fl_guard_accept(void);

/* FL_RESULT_OK, or FL_RESULT_STRAY_WRITE with the first call that wrote astray and the first byte that it changed. */
uint32_t fl_guard_end(fl_result *result);

enum { FL_GUARD_BYTES = FL_MODEL_ARENA_BYTES };

#else

static inline void fl_guard_start(const fl_job *job, const uint8_t *base, uint8_t *copy) {
  (void)job;
  (void)base;
  (void)copy;
}
static inline void fl_guard_accept(void) {}
static inline uint32_t fl_guard_end(fl_result *result) {
  (void)result;
  return FL_RESULT_OK;
}

enum { FL_GUARD_BYTES = 0 };

#endif

#endif
