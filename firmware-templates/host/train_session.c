#include "fl_train_session.h"

#include "fl_arena.h"
#include "fl_bytes.h"
#include "fl_codes.h"
#include "fl_model.h"
#include "fl_paint.h"
#include "fl_session.h"

uint8_t fl_arena[FL_MODEL_ARENA_BYTES] FL_ARENA_SECTION __attribute__((aligned(8)));

enum { ALIGNMENT = 8, LABEL_BYTES = 4, MOST_ROWS = 65535, ATTEMPTS = FL_SESSION_RESTARTS_MAX + 1 };
/* A label and what follows it, in whole words. */
enum {
  SAMPLE_ROW_BYTES = LABEL_BYTES + (FL_MODEL_SAMPLE_BYTES + 3) / 4 * 4,
  INPUT_ROW_BYTES = LABEL_BYTES + (FL_MODEL_INPUT_BYTES + 3) / 4 * 4
};

static fl_session session;
static fl_samples rows; /* samples of the job, then the model's inputs */
static fl_learning_rates segments[FL_MAX_LEARNING_RATE_SEGMENTS];
static fl_train_result *head;
static fl_train_epoch *epochs;
static uint8_t *delta;

static uint32_t aligned(uint64_t bytes) { return (uint32_t)((bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT); }

/* Is [offset, offset + count * size) inside the job, and aligned? */
static bool is_inside(const fl_train_job *job, uint32_t offset, uint32_t count, uint32_t size) {
  return offset % 4 == 0 && offset <= job->bytes && (uint64_t)count * size <= job->bytes - offset;
}

static bool has_good_rows(const fl_train_job *job, const uint8_t *base) {
  if (job->adapt_rows == 0 || job->adapt_rows > MOST_ROWS) return false;
  if (job->test_rows == 0 || job->test_rows > MOST_ROWS) return false;
  const uint32_t count = job->adapt_rows + job->test_rows;
  if (!is_inside(job, job->rows_offset, count, SAMPLE_ROW_BYTES)) return false;
  rows = (fl_samples){.items = base + job->rows_offset,
                      .stride = SAMPLE_ROW_BYTES,
                      .item_bytes = FL_MODEL_SAMPLE_BYTES,
                      .adapt_count = job->adapt_rows,
                      .test_count = job->test_rows,
                      .classes = FL_MODEL_LABELS};
  for (uint32_t i = 0; i < count; i++) {
    if (fl_samples_label(&rows, i) >= FL_MODEL_LABELS) return false;
  }
  return true;
}

static bool is_good_job(const fl_train_job *job, const uint8_t *base, uint32_t job_bytes) {
  if (job_bytes < sizeof *job || job->magic != FL_TRAIN_JOB_MAGIC || job->version != FL_TRAIN_VERSION) return false;
  if (job->bytes > job_bytes || job->passes == 0 || job->order > FL_ORDER_BALANCED) return false;
  if (job->segments == 0 || job->segments > FL_MAX_LEARNING_RATE_SEGMENTS) return false;
  return is_inside(job, job->segments_offset, job->segments, sizeof(fl_train_segment)) && has_good_rows(job, base);
}

static void take_segments(const fl_train_job *job, const uint8_t *base) {
  const fl_train_segment *from = (const fl_train_segment *)(const void *)(base + job->segments_offset);
  for (uint32_t i = 0; i < job->segments; i++) {
    segments[i] = (fl_learning_rates){
        .first_step = from[i].first_step,
        .weights = {from[i].weights.mantissa, (int8_t)from[i].weights.exponent},
        .bias = {from[i].bias.mantissa, (int8_t)from[i].bias.exponent},
        .head = {from[i].head.mantissa, (int8_t)from[i].head.exponent},
    };
  }
}

#if FL_MODEL_PREFIX
/* Every sample goes through the prefix once: its label and its features become a row at `place`. Returns the high water of the arena. */
static uint32_t keep_features(uint8_t *place) {
  const uint32_t count = rows.adapt_count + rows.test_count;
  fl_paint(fl_arena, FL_MODEL_ARENA_BYTES);
  for (uint32_t i = 0; i < count; i++) {
    uint8_t *row = place + i * INPUT_ROW_BYTES;
    fl_prefix_forward(fl_arena, fl_linked_parameters, fl_samples_features(&rows, i));
    fl_copy(row, rows.items + i * rows.stride, LABEL_BYTES);
    fl_copy(row + LABEL_BYTES, fl_arena + FL_MODEL_FEATURES_OFFSET, FL_MODEL_INPUT_BYTES);
  }
  rows.items = place;
  rows.stride = INPUT_ROW_BYTES;
  rows.item_bytes = FL_MODEL_INPUT_BYTES;
  return fl_paint_high_water(fl_arena, FL_MODEL_ARENA_BYTES);
}
#else
/* Samples are the model's inputs. */
static uint32_t keep_features(uint8_t *place) {
  (void)place;
  return 0;
}
#endif

/* Divides the result; behind it lies what the session is lent, and what it keeps of samples. Bytes needed. */
static uint64_t lay_out(const fl_train_job *job, uint8_t *result, fl_session_memory *memory, uint8_t **features) {
  head->epochs_offset = aligned(sizeof(fl_train_result));
  const uint64_t epochs_end = head->epochs_offset + (uint64_t)job->passes * ATTEMPTS * sizeof(fl_train_epoch);
  if (epochs_end > UINT32_MAX / 2) return epochs_end;
  head->delta_offset = aligned(epochs_end);
  head->delta_bytes = FL_MODEL_DELTA_BYTES;
  const uint32_t losses_at = aligned((uint64_t)head->delta_offset + head->delta_bytes);
  const uint32_t order_at = aligned((uint64_t)losses_at + 4u * job->passes);
  head->bytes = losses_at;
  epochs = (fl_train_epoch *)(void *)(result + head->epochs_offset);
  delta = result + head->delta_offset;
  memory->pass_losses = (uint32_t *)(void *)(result + losses_at);
  memory->order = (uint16_t *)(void *)(result + order_at);
  memory->most_items = MOST_ROWS;
  const uint32_t features_at = aligned((uint64_t)order_at + 2u * job->adapt_rows);
  *features = result + features_at;
  return features_at + (FL_MODEL_PREFIX ? (uint64_t)INPUT_ROW_BYTES * (job->adapt_rows + job->test_rows) : 0);
}

static bool end(uint32_t status) {
  head->status = status;
  head->magic = FL_TRAIN_RESULT_MAGIC;
  return false;
}

bool fl_train_begin(const uint8_t *job_at, uint32_t job_bytes, uint8_t *result, uint32_t capacity) {
  const fl_train_job *job = (const fl_train_job *)(const void *)job_at;
  if (capacity < sizeof *head) return false;
  for (uint32_t i = 0; i < sizeof *head; i++) result[i] = 0;
  head = (fl_train_result *)(void *)result;
  head->bytes = sizeof *head;
  if (!is_good_job(job, job_at, job_bytes)) return end(FL_TRAIN_BAD_JOB);
  fl_session_memory memory;
  uint8_t *features = result;
  const uint64_t needed = lay_out(job, result, &memory, &features);
  if (needed > capacity) {
    head->bytes = sizeof *head;
    head->detail = needed > UINT32_MAX ? UINT32_MAX : (uint32_t)needed;
    return end(FL_TRAIN_TOO_SMALL);
  }
  take_segments(job, job_at);
  head->arena_peak = keep_features(features);
  const fl_session_plan plan = {.trains = true,
                                .tests_every_pass = true,
                                .seed = job->seed,
                                .passes = job->passes,
                                .segments = segments,
                                .segment_count = job->segments,
                                .order = job->order,
                                .stop = {job->below_loss, job->patience, job->least_fall}};
  fl_session_start(&session, &plan, &memory, &rows, fl_linked_parameters, fl_arena);
  return true;
}

static fl_train_tally told(fl_tally tally) { return (fl_train_tally){tally.items, tally.right, tally.loss_sum}; }

/* The evaluation that follows a pass is complete: the session forgets it with the next row. */
static void note_epoch(void) {
  if (session.state != FL_SESSION_CURVE || session.index != fl_session_total(&session)) return;
  epochs[head->epochs] = (fl_train_epoch){.restart = session.restarts,
                                          .pass = session.pass,
                                          .learned = told(session.learned),
                                          .test = told(session.now)};
  head->epochs++;
}

static bool conclude(void) {
  head->kept = session.state == FL_SESSION_DONE;
  head->steps = session.step;
  head->restarts = session.restarts;
  head->before = told(session.before);
  head->base = told(session.base);
  head->check = told(session.check);
  head->after = told(session.after);
  head->end = session.end;
  head->saturated_weights = session.saturated.weights;
  head->saturated_head_weights = session.saturated.head_weights;
  head->saturated_biases = session.saturated.biases;
  const uint32_t arena_peak = fl_paint_high_water(fl_arena, FL_MODEL_ARENA_BYTES);
  if (head->arena_peak < arena_peak) head->arena_peak = arena_peak;
  fl_model_read_delta(fl_arena, fl_linked_parameters, 0, delta, FL_MODEL_DELTA_BYTES);
  return end(FL_TRAIN_OK);
}

bool fl_train_go_on(uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (!fl_session_step(&session)) return conclude();
    note_epoch();
  }
  return true;
}
