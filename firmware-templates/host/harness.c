#include "fl_harness.h"

#include "fl_access.h"
#include "fl_arena.h"
#include "fl_model.h"
#include "fl_parameters.h"
#include "fl_sha256.h"
#include "fl_write_guard.h"

uint8_t fl_arena[FL_MODEL_ARENA_BYTES] FL_ARENA_SECTION __attribute__((aligned(8)));

enum { ALIGNMENT = 8 };

#if FL_TRACE_CALLS

/* Where results go, and how many bytes of them have gone; NULL after the first inference. */
static uint8_t *trace_place;
static uint32_t trace_length;

void fl_after_call(uint32_t call, const uint8_t *output, uint32_t bytes) {
  (void)call;
  if (trace_place == NULL) return;
  for (uint32_t i = 0; i < bytes; i++) trace_place[trace_length++] = output[i];
}

void fl_after_row(uint32_t at, const int8_t *row, uint32_t bytes) {
  if (trace_place == NULL) return;
  for (uint32_t i = 0; i < bytes; i++) trace_place[at + i] = (uint8_t)row[i];
  if (trace_length < at + bytes) trace_length = at + bytes;
}

static void trace_into(uint8_t *place) {
  trace_place = place;
  trace_length = 0;
}
enum { TRACE_BYTES = FL_MODEL_TRACE_BYTES };

#else

static void trace_into(uint8_t *place) { (void)place; }
enum { TRACE_BYTES = 0 };

#endif

/* Everything that the loops below share. */
typedef struct {
  const fl_job *job;
  const uint8_t *base; /* of the job */
  const uint8_t *parameters;
  uint8_t *out; /* of the result */
  fl_result *result;
} fl_batch;

static void copy(uint8_t *to, const uint8_t *from, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) to[i] = from[i];
}

/* Is [offset, offset + count * size) inside the job, and aligned? */
static int32_t is_inside(const fl_job *job, uint32_t offset, uint32_t count, uint32_t size) {
  return offset % 4 == 0 && offset <= job->bytes && (uint64_t)count * size <= job->bytes - offset;
}

static const int8_t *input_at(const fl_batch *batch, uint32_t index) {
  return fl_const_s8(batch->base, batch->job->inputs_offset + index * FL_MODEL_INPUT_BYTES);
}

#if FL_MODEL_INPUT_ROWS

/* `input` is all inputs of one inference, one after the other. */
void fl_model_read_input(const int8_t *input, uint32_t port, uint32_t first, uint32_t count, int8_t *rows) {
  for (uint32_t p = 0; p < port; p++) input += fl_model_inputs[p].bytes;
  const uint32_t row_bytes = fl_model_input_row_bytes[port];
  copy((uint8_t *)rows, (const uint8_t *)input + first * row_bytes, count * row_bytes);
}

#endif

/* The model on one input: puts it where the model reads it. */
static void forward(const fl_batch *batch, const int8_t *input) {
#if FL_MODEL_INPUT_IN_ARENA
  const uint8_t *from = (const uint8_t *)input;
  for (uint32_t p = 0; p < FL_MODEL_INPUTS; p++) {
    copy(fl_arena + fl_model_inputs[p].arena_offset, from, fl_model_inputs[p].bytes);
    from += fl_model_inputs[p].bytes;
  }
#endif
  fl_guard_accept();
  fl_model_forward(fl_arena, batch->parameters, input);
}

/* What is left of a computation before must not matter: noise everywhere. And what lies there must be seen to be overwritten. */
static void fill_arena(const fl_batch *batch, uint32_t index) {
  if ((batch->job->flags & FL_JOB_FILL) == 0 && batch->job->calls == 0) return;
  const uint32_t key = fl_hash(batch->job->seed ^ fl_hash(index));
  for (uint32_t i = 0; i < FL_MODEL_ARENA_BYTES; i++) fl_arena[i] = (uint8_t)fl_hash(key + i);
}

static void load_variables(const fl_batch *batch) {
#if FL_MODEL_TRAINS
  fl_model_load(fl_arena, batch->parameters);
#else
  (void)batch;
#endif
}

static void forward_all(const fl_batch *batch) {
  uint8_t *record = batch->out + batch->result->records_offset;
  trace_into(batch->out + batch->result->trace_offset);
  for (uint32_t i = 0; i < batch->job->inputs; i++) {
    fill_arena(batch, i);
    load_variables(batch);
    forward(batch, input_at(batch, i));
    trace_into(NULL);
    for (uint32_t p = 0; p < FL_MODEL_OUTPUTS; p++) {
      copy(record, fl_arena + fl_model_outputs[p].arena_offset, fl_model_outputs[p].bytes);
      record += fl_model_outputs[p].bytes;
    }
  }
}

#if FL_MODEL_TRAINS

/* A record of a training step: loss, digest, logits. */
enum { LOSS_BYTES = 4, CHUNK = 64, RECORD_BYTES = LOSS_BYTES + FL_SHA256_BYTES + FL_MODEL_OUTPUT_BYTES };

static void digest_state(uint8_t digest[FL_SHA256_BYTES]) {
  fl_sha256 hash;
  uint8_t chunk[CHUNK];
  fl_sha256_begin(&hash);
  for (uint32_t at = 0; at < FL_MODEL_STATE_BYTES; at += CHUNK) {
    const uint32_t count = FL_MODEL_STATE_BYTES - at < CHUNK ? FL_MODEL_STATE_BYTES - at : CHUNK;
    fl_model_read_state(fl_arena, at, chunk, count);
    fl_sha256_add(&hash, chunk, count);
  }
  fl_sha256_end(&hash, digest);
}

static const fl_job_rates *rates_at(const fl_batch *batch, uint32_t step) {
  const fl_job_rates *rates = (const fl_job_rates *)(const void *)(batch->base + batch->job->rates_offset);
  uint32_t last = 0;
  for (uint32_t i = 1; i < batch->job->rates; i++) last = rates[i].first_step <= step ? i : last;
  return &rates[last];
}

static void train_step(const fl_batch *batch, uint32_t index, uint8_t *record) {
  const fl_job_step *steps = (const fl_job_step *)(const void *)(batch->base + batch->job->steps_offset);
  const int8_t *input = input_at(batch, steps[index].input);
  const fl_job_rates *rates = rates_at(batch, index);
  const fl_step step = {.seed = batch->job->seed,
                        .index = index,
                        .weights = {rates->weights.mantissa, (int8_t)rates->weights.exponent},
                        .bias = {rates->bias.mantissa, (int8_t)rates->bias.exponent},
                        .head = {rates->head.mantissa, (int8_t)rates->head.exponent}};
  forward(batch, input);
  copy(record + LOSS_BYTES + FL_SHA256_BYTES, fl_arena + FL_MODEL_LOGITS_OFFSET, FL_MODEL_OUTPUT_BYTES);
  const int32_t loss = fl_model_loss(fl_arena, steps[index].label);
  copy(record, (const uint8_t *)&loss, LOSS_BYTES);
  fl_model_backward(fl_arena, batch->parameters, input, &step);
  if ((batch->job->flags & FL_JOB_DIGESTS) != 0) digest_state(record + LOSS_BYTES);
}

static void train_all(const fl_batch *batch) {
  fl_result *result = batch->result;
  fill_arena(batch, 0);
  fl_model_load(fl_arena, batch->parameters);
  digest_state(result->start_digest);
  for (uint32_t i = 0; i < batch->job->steps; i++) {
    train_step(batch, i, batch->out + result->records_offset + i * RECORD_BYTES);
  }
  fl_model_read_state(fl_arena, 0, batch->out + result->state_offset, FL_MODEL_STATE_BYTES);
  fl_model_read_delta(fl_arena, batch->parameters, 0, batch->out + result->delta_offset, FL_MODEL_DELTA_BYTES);
}

static int32_t has_good_steps(const fl_job *job, const uint8_t *base) {
  if (!is_inside(job, job->steps_offset, job->steps, sizeof(fl_job_step))) return 0;
  if (job->rates == 0 || !is_inside(job, job->rates_offset, job->rates, sizeof(fl_job_rates))) return 0;
  const fl_job_step *steps = (const fl_job_step *)(const void *)(base + job->steps_offset);
  for (uint32_t i = 0; i < job->steps; i++) {
    if (steps[i].input >= job->inputs || steps[i].label >= FL_MODEL_LABELS) return 0;
  }
  return 1;
}

static uint32_t records_of(const fl_job *job) { return job->mode == FL_JOB_TRAIN ? job->steps : job->inputs; }
static uint32_t record_bytes_of(const fl_job *job) {
  return job->mode == FL_JOB_TRAIN ? (uint32_t)RECORD_BYTES : (uint32_t)FL_MODEL_OUTPUT_BYTES;
}
static uint32_t tail_bytes_of(const fl_job *job, uint32_t bytes) { return job->mode == FL_JOB_TRAIN ? bytes : 0; }
static uint32_t state_bytes_of(const fl_job *job) { return tail_bytes_of(job, FL_MODEL_STATE_BYTES); }
static uint32_t delta_bytes_of(const fl_job *job) { return tail_bytes_of(job, FL_MODEL_DELTA_BYTES); }
static int32_t is_known_mode(const fl_job *job) { return job->mode == FL_JOB_FORWARD || job->mode == FL_JOB_TRAIN; }

#else

static void train_all(const fl_batch *batch) { (void)batch; }
static int32_t has_good_steps(const fl_job *job, const uint8_t *base) {
  (void)job;
  (void)base;
  return 0;
}
static uint32_t records_of(const fl_job *job) { return job->inputs; }
static uint32_t record_bytes_of(const fl_job *job) {
  (void)job;
  return FL_MODEL_OUTPUT_BYTES;
}
static uint32_t state_bytes_of(const fl_job *job) {
  (void)job;
  return 0;
}
static uint32_t delta_bytes_of(const fl_job *job) {
  (void)job;
  return 0;
}
static int32_t is_known_mode(const fl_job *job) { return job->mode == FL_JOB_FORWARD; }

#endif

#if FL_PARAMETERS_LINKED

static int32_t has_parameters(const fl_job *job) { return job->parameters_bytes == 0; }

/* Part of the program, so they are what they were. */
static int32_t take_parameters(fl_batch *batch) {
  batch->parameters = fl_linked_parameters;
  return FL_PARAMETERS_OK;
}

#else

static int32_t has_parameters(const fl_job *job) {
  return job->parameters_offset % ALIGNMENT == 0 && is_inside(job, job->parameters_offset, 1, job->parameters_bytes);
}

/* Returns the code of fl_parameters_check. */
static int32_t take_parameters(fl_batch *batch) {
  batch->parameters = batch->base + batch->job->parameters_offset;
  return fl_parameters_check(batch->parameters, batch->job->parameters_bytes);
}

#endif

/* Every range lies in the arena, behind the one before. */
static int32_t has_good_writes(const fl_job *job, const uint8_t *base) {
  if (job->calls == 0) return 1;
  if (job->calls >= job->bytes || !is_inside(job, job->writes_offset, job->calls + 1, sizeof(uint32_t))) return 0;
  const uint32_t *first = (const uint32_t *)(const void *)(base + job->writes_offset);
  const uint32_t at = job->writes_offset + (job->calls + 1) * (uint32_t)sizeof(uint32_t);
  if (first[0] != 0 || !is_inside(job, at, first[job->calls], sizeof(fl_job_range))) return 0;
  const fl_job_range *ranges = (const fl_job_range *)(const void *)(base + at);
  for (uint32_t call = 0; call < job->calls; call++) {
    uint32_t end = 0;
    if (first[call] > first[call + 1] || first[call + 1] > first[job->calls]) return 0;
    for (uint32_t i = first[call]; i < first[call + 1]; i++) {
      if (ranges[i].from < end || ranges[i].to < ranges[i].from || ranges[i].to > FL_MODEL_ARENA_BYTES) return 0;
      end = ranges[i].to;
    }
  }
  return 1;
}

static int32_t is_good_job(const fl_job *job, const uint8_t *base, uint32_t bytes) {
  if (bytes < sizeof(fl_job) || job->magic != FL_JOB_MAGIC || job->version != FL_JOB_VERSION) return 0;
  if (job->bytes > bytes || !is_known_mode(job)) return 0;
  if (!has_parameters(job)) return 0;
  if (!is_inside(job, job->inputs_offset, job->inputs, FL_MODEL_INPUT_BYTES)) return 0;
  if (!has_good_writes(job, base)) return 0;
  return job->mode == FL_JOB_FORWARD || has_good_steps(job, base);
}

static uint32_t aligned(uint64_t bytes) { return (uint32_t)((bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT); }

/* Divides the result; 0 where it is too small. */
static int32_t lay_out(const fl_job *job, fl_result *result, uint32_t capacity) {
  const uint64_t records = (uint64_t)records_of(job) * record_bytes_of(job);
  result->records_offset = aligned(sizeof(fl_result));
  result->records = records_of(job);
  result->record_bytes = record_bytes_of(job);
  if (records > capacity) return 0;
  result->state_offset = aligned(result->records_offset + records);
  result->state_bytes = state_bytes_of(job);
  result->delta_offset = aligned((uint64_t)result->state_offset + result->state_bytes);
  result->delta_bytes = delta_bytes_of(job);
  result->trace_offset = aligned((uint64_t)result->delta_offset + result->delta_bytes);
  result->trace_bytes = job->mode == FL_JOB_FORWARD && job->inputs > 0 ? (uint32_t)TRACE_BYTES : 0;
  result->bytes = aligned((uint64_t)result->trace_offset + result->trace_bytes);
  return result->bytes + (uint64_t)FL_GUARD_BYTES <= capacity;
}

static uint32_t run(fl_batch *batch, uint32_t job_bytes, uint32_t capacity) {
  fl_result *result = batch->result;
  if (!is_good_job(batch->job, batch->base, job_bytes)) return FL_RESULT_BAD_JOB;
  result->detail = take_parameters(batch);
  if (result->detail != FL_PARAMETERS_OK) return FL_RESULT_BAD_PARAMETERS;
  if (!lay_out(batch->job, result, capacity)) {
    result->detail = (int32_t)(result->bytes + FL_GUARD_BYTES);
    result->bytes = sizeof(fl_result);
    return FL_RESULT_TOO_SMALL;
  }
  fl_guard_start(batch->job, batch->base, batch->out + result->bytes);
  if (batch->job->mode == FL_JOB_TRAIN) {
    train_all(batch);
  } else {
    forward_all(batch);
  }
  return fl_guard_end(result);
}

uint32_t fl_harness_run(const uint8_t *job, uint32_t job_bytes, uint8_t *result, uint32_t capacity) {
  if (capacity < sizeof(fl_result)) return FL_RESULT_TOO_SMALL;
  for (uint32_t i = 0; i < sizeof(fl_result); i++) result[i] = 0;
  fl_result *head = (fl_result *)(void *)result;
  fl_batch batch = {(const fl_job *)(const void *)job, job, job, result, head};
  head->bytes = sizeof(fl_result);
  head->status = run(&batch, job_bytes, capacity);
  head->magic = FL_RESULT_MAGIC;
  return head->status;
}
