#include "fl_write_guard.h"

#include "fl_arena.h"

/* Of the arena's section, in a file that is linked after the arena's: on boards it lies behind it, and so does what is written there. */
enum { BEHIND = 16, QUIET = 0xA5, WORD = 4 };
static uint8_t behind[BEHIND] FL_ARENA_SECTION __attribute__((aligned(4)));

static struct {
  const uint32_t *first;      /* of the job: the first range of each call */
  const fl_job_range *ranges; /* of the job */
  uint32_t calls;             /* 0: nothing is watched */
  uint8_t *copy;              /* the arena as it must be */
  uint32_t stray_call;
  uint32_t stray_byte;
  int32_t is_stray;
} guard;

static void copy_range(uint32_t from, uint32_t to) {
  for (uint32_t i = from; i < to; i++) guard.copy[i] = fl_arena[i];
}

void fl_guard_start(const fl_job *job, const uint8_t *base, uint8_t *copy) {
  guard.calls = job->calls;
  guard.first = (const uint32_t *)(const void *)(base + job->writes_offset);
  guard.ranges = (const fl_job_range *)(const void *)(guard.first + job->calls + 1);
  guard.copy = copy;
  guard.is_stray = 0;
  for (uint32_t i = 0; i < BEHIND; i++) behind[i] = QUIET;
}

void fl_guard_accept(void) {
  if (guard.calls > 0) copy_range(0, FL_MODEL_ARENA_BYTES);
}

static void blame(uint32_t call, uint32_t byte) {
  guard.is_stray = 1;
  guard.stray_call = call;
  guard.stray_byte = byte;
}

/* Is [from, to) as it must be? Word by word where it can be: this is done for the whole arena after every call. */
static void check(uint32_t call, uint32_t from, uint32_t to) {
  uint32_t at = from;
  while (at < to) {
    const int32_t is_word = at % WORD == 0 && to - at >= WORD;
    const uint8_t *is = fl_arena + at;
    const uint8_t *must = guard.copy + at;
    if (is_word && *(const uint32_t *)(const void *)is == *(const uint32_t *)(const void *)must) {
      at += WORD;
    } else if (*is == *must) {
      at++;
    } else {
      blame(call, at);
      return;
    }
  }
}

static void check_behind(uint32_t call) {
  for (uint32_t i = 0; i < BEHIND && !guard.is_stray; i++) {
    if (behind[i] != QUIET) blame(call, FL_MODEL_ARENA_BYTES + i);
  }
}

void fl_call_done(uint32_t call) {
  if (call >= guard.calls || guard.is_stray) return;
  uint32_t end = 0;
  for (uint32_t i = guard.first[call]; i < guard.first[call + 1] && !guard.is_stray; i++) {
    check(call, end, guard.ranges[i].from);
    end = guard.ranges[i].to;
    copy_range(guard.ranges[i].from, end);
  }
  if (!guard.is_stray) check(call, end, FL_MODEL_ARENA_BYTES);
  check_behind(call);
}

uint32_t fl_guard_end(fl_result *result) {
  guard.calls = 0;
  if (!guard.is_stray) return FL_RESULT_OK;
  result->detail = (int32_t)guard.stray_call;
  result->fault_address = guard.stray_byte;
  return FL_RESULT_STRAY_WRITE;
}
