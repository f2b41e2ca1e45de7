#include "fl_work.h"

#include <stddef.h>

#include "fl_arena.h"
#include "fl_bytes.h"
#include "fl_hal.h"
#include "fl_paint.h"

enum { FETCHING = 0, PREPARING, RUNNING, PACKING, REPORTING };
enum { PROGRESS_EVERY_MS = 1000 };

uint8_t fl_arena[FL_MODEL_ARENA_BYTES] FL_ARENA_SECTION __attribute__((aligned(8)));

/* ---- what the program is ---- */

void fl_work_describe(const fl_station *station, fl_hello *hello) {
  fl_zero(hello, sizeof *hello);
  hello->boots = station->boots;
  hello->layout = FL_MODEL_LAYOUT;
  hello->scheme = FL_MODEL_SCHEME;
  const uint32_t newest = fl_slots_newest(&station->slots);
  if (newest == FL_SLOT_COUNT) return;
  hello->parameter_digest.bytes = fl_slots_header(&station->slots, newest)->digest;
  hello->parameter_digest.count = FL_DIGEST_BYTES;
}

/* ---- items ---- */

/* The ring is read when it is first needed. */
static bool open_ring(fl_work *work, const fl_station *station) {
  const uint32_t bytes = station->provisioning->capture_bytes;
  return work->captured.blocks > 0 ||
         fl_capture_open(&work->captured, fl_slots_end(&station->slots), bytes, FL_MODEL_SAMPLE_BYTES);
}

static void open_samples(fl_work *work, const fl_station *station) {
  const uint32_t log = fl_slots_end(&station->slots) + station->provisioning->capture_bytes;
  (void)fl_samples_open(&work->samples, log, FL_MODEL_SAMPLE_BYTES, FL_MODEL_LABELS);
  if (open_ring(work, station)) fl_samples_add(&work->samples, &work->captured, FL_WORK_ITEMS_MAX);
}

fl_capture_answer fl_work_capture(fl_work *work, const fl_station *station, const fl_captured_item *item, bool is_working) {
  if (!open_ring(work, station)) return FL_CAPTURE_NO_PLACE;
  if (item->label >= FL_MODEL_LABELS) return FL_CAPTURE_BAD_LABEL;
  if (is_working && fl_capture_drops(&work->captured)) return FL_CAPTURE_NOT_NOW;
  return fl_capture_append(&work->captured, item) ? FL_CAPTURED : FL_CAPTURE_FLASH_FAILED;
}

/* Why this program can't do the job, or FL_OK. */
static int32_t judge(fl_work *work, const fl_station *station) {
  const fl_job *job = &work->job;
  if (job->layout != FL_MODEL_LAYOUT || job->scheme != FL_MODEL_SCHEME) return FL_WRONG_PROGRAM;
  if (job->size_bytes != FL_MODEL_PARAMETER_BYTES || job->chunk_bytes != FL_CHUNK_BYTES) return FL_WRONG_SIZE;
  if (job->size_bytes > station->slots.slot_bytes) return FL_DOES_NOT_FIT;
  open_samples(work, station);
  const bool can_learn = job->kind != FL_JOB_TRAIN || work->samples.adapt_count > 0;
  if (!can_learn || work->samples.test_count == 0) return FL_NO_DATA;
  return fl_prepare_open(&work->prepare, &work->samples) ? FL_OK : FL_DOES_NOT_FIT;
}

/* ---- progress ---- */

static uint32_t peak_sram_bytes(const fl_work *work) {
  const uint32_t now = work->parameters == NULL ? 0 : fl_paint_high_water(fl_arena, FL_MODEL_ARENA_BYTES);
  const uint32_t before = fl_prepare_arena_peak(&work->prepare);
  const uint32_t arena = now < before ? before : now;
  return fl_hal_static_bytes() - FL_MODEL_ARENA_BYTES + arena + fl_hal_stack_peak_bytes();
}

static void describe_fetching(const fl_work *work, fl_progress *message) {
  message->phase = FL_PHASE_FETCHING;
  message->done = fl_download_present(&work->part.download);
  message->total = work->part.download.chunks;
}

static uint32_t phase_of(const fl_session *session) {
  switch (session->state) {
    case FL_SESSION_BEFORE: return FL_PHASE_EVALUATING_BEFORE;
    case FL_SESSION_CHECK:
    case FL_SESSION_AFTER: return FL_PHASE_EVALUATING_AFTER;
    default: return FL_PHASE_TRAINING;
  }
}

/* The evaluation that follows is about to begin. */
static void describe_preparing(const fl_work *work, fl_progress *message) {
  message->phase = FL_PHASE_EVALUATING_BEFORE;
  message->total = work->samples.test_count;
}

static void describe_running(const fl_work *work, fl_progress *message) {
  const fl_session *session = &work->session;
  message->phase = phase_of(session);
  message->total = session->state == FL_SESSION_CHECK ? session->samples->test_count : fl_session_total(session);
  /* Pass 0, or the evaluation, is about to begin: nothing of it is done. */
  if (session->state == FL_SESSION_BASE || session->state == FL_SESSION_CHECK) return;
  message->pass = session->state == FL_SESSION_TRAINING ? session->pass : 0;
  message->done = session->index;
  message->loss = fl_tally_mean(session->now.loss_sum, session->now.items);
  message->right = session->now.right;
}

static void describe_reporting(const fl_work *work, fl_progress *message) {
  message->phase = FL_PHASE_UPLOADING;
  message->done = work->part.upload.have;
  message->total = work->part.upload.result.delta_bytes;
}

static void describe(const fl_work *work, fl_progress *message) {
  switch (work->state) {
    case FETCHING: describe_fetching(work, message); break;
    case PREPARING: describe_preparing(work, message); break;
    case RUNNING: describe_running(work, message); break;
    default: describe_reporting(work, message); break;
  }
}

/* About once a second, when the phase changes, and when a phase or a pass is complete. */
static bool is_news(fl_work *work, uint32_t now_ms, const fl_progress *message) {
  const bool complete = message->done == message->total;
  const bool other = message->phase != work->told_phase || (complete && !work->told_complete);
  work->told_complete = complete;
  if (!other && now_ms - work->told_ms < PROGRESS_EVERY_MS) return false;
  work->told_phase = message->phase;
  work->told_ms = now_ms;
  return true;
}

static void tell_progress(fl_work *work, fl_station *station) {
  fl_progress message;
  if (!fl_link_is_up(&station->link)) return;
  fl_zero(&message, sizeof message);
  describe(work, &message);
  if (!is_news(work, station->now_ms, &message)) return;
  message.execution = work->job.execution;
  message.attempt = work->job.attempt;
  message.peak_sram_bytes = peak_sram_bytes(work);
  message.peak_stack_bytes = fl_hal_stack_peak_bytes();
  const int32_t length = fl_progress_encode(&message, station->link.payload, FL_LINK_PAYLOAD_BYTES);
  fl_station_publish(station, "up/progress", length);
}

/* ---- the result ---- */

static void describe_session(const fl_work *work, fl_result *result) {
  const fl_session *session = &work->session;
  result->test_items = session->before.items;
  result->right_before = session->before.right;
  result->right_after = session->after.right;
  result->loss_before = fl_tally_mean(session->before.loss_sum, session->before.items);
  result->loss_after = fl_tally_mean(session->after.loss_sum, session->after.items);
  result->learned_items = session->items;
  result->steps = session->step;
  result->pass_losses = work->pass_losses;
  result->pass_count = session->passes_made;
  result->guard_restarts = session->restarts;
  result->end = session->end;
  result->saturated[0] = session->saturated.weights;
  result->saturated[1] = session->saturated.head_weights;
  result->saturated[2] = session->saturated.biases;
}

/* Last of all: making the delta takes stack, too. */
static void describe_costs(const fl_work *work, const fl_station *station, fl_result *result) {
  result->peak_sram_bytes = peak_sram_bytes(work);
  result->peak_stack_bytes = fl_hal_stack_peak_bytes();
  result->received_bytes = station->link.mqtt.bytes_received - work->received_before;
  result->sent_bytes = station->link.mqtt.bytes_sent - work->sent_before;
}

/* The session is over, or could not begin. */
static void conclude(fl_work *work, int32_t status) {
  fl_result result;
  fl_zero(&result, sizeof result);
  const bool trained = work->job.kind == FL_JOB_TRAIN;
  result.kind = status < 0 ? FL_RESULT_FAILED : trained ? FL_RESULT_TRAINED : FL_RESULT_EVALUATED;
  result.status = status;
  result.execution = work->job.execution;
  result.attempt = work->job.attempt;
  result.scheme = FL_MODEL_SCHEME;
  fl_copy(result.base_digest, work->job.sha256, FL_DIGEST_BYTES);
  if (work->state == RUNNING) describe_session(work, &result);
  work->state = PACKING;
  fl_upload_start(&work->part.upload, &result, fl_arena, work->parameters);
}

/* ---- slices ---- */

static void start_session(fl_work *work) {
  work->state = RUNNING;
  const fl_job *job = &work->job;
  const fl_session_plan plan = {.trains = job->kind == FL_JOB_TRAIN,
                                .tests_every_pass = false,
                                .seed = job->seed,
                                .passes = job->passes,
                                .segments = job->segments,
                                .segment_count = job->segment_count,
                                .order = job->order,
                                .stop = {job->below_loss, job->patience, job->least_fall}};
  const fl_session_memory memory = {work->order, FL_WORK_ITEMS_MAX, work->pass_losses};
  fl_session_start(&work->session, &plan, &memory, fl_prepare_inputs(&work->prepare), work->parameters, fl_arena);
}

static void go_on(fl_work *work, fl_prepare_answer answer) {
  switch (answer) {
    case FL_PREPARE_MORE: work->state = PREPARING; break;
    case FL_PREPARE_DONE: start_session(work); break;
    case FL_PREPARE_FAILED: conclude(work, FL_FLASH_FAILED); break;
  }
}

static void prepare(fl_work *work, const fl_station *station) {
  work->parameters = fl_slots_image(&station->slots, work->part.download.slot);
  go_on(work, fl_prepare_begin(&work->prepare, work->parameters, fl_arena));
}

static fl_work_answer poll_preparing(fl_work *work) {
  go_on(work, fl_prepare_step(&work->prepare));
  return FL_WORK_BUSY;
}

static fl_work_answer poll_fetching(fl_work *work, fl_station *station) {
  const bool busy = fl_download_poll(&work->part.download, station);
  if (work->part.download.state == FL_DOWNLOAD_DONE) {
    prepare(work, station);
    return FL_WORK_BUSY;
  }
  if (work->part.download.state == FL_DOWNLOAD_FAILED) {
    conclude(work, work->part.download.status);
    return FL_WORK_BUSY;
  }
  return busy ? FL_WORK_BUSY : FL_WORK_WAITS;
}

static fl_work_answer poll_running(fl_work *work) {
  if (fl_session_step(&work->session)) return FL_WORK_BUSY;
  conclude(work, work->session.state == FL_SESSION_DIVERGED ? FL_DIVERGED : FL_OK);
  return FL_WORK_BUSY;
}

static fl_work_answer poll_packing(fl_work *work, const fl_station *station) {
  if (!fl_upload_prepare(&work->part.upload)) return FL_WORK_BUSY;
  describe_costs(work, station, &work->part.upload.result);
  work->state = REPORTING;
  return FL_WORK_BUSY;
}

static fl_work_answer poll_reporting(fl_work *work, fl_station *station) {
  const bool busy = fl_upload_poll(&work->part.upload, station);
  if (work->part.upload.over) return FL_WORK_OVER;
  return busy ? FL_WORK_BUSY : FL_WORK_WAITS;
}

fl_work_answer fl_work_poll(fl_work *work, fl_station *station) {
  tell_progress(work, station);
  switch (work->state) {
    case FETCHING: return poll_fetching(work, station);
    case PREPARING: return poll_preparing(work);
    case RUNNING: return poll_running(work);
    case PACKING: return poll_packing(work, station);
    default: return poll_reporting(work, station);
  }
}

bool fl_work_start(fl_work *work, fl_station *station, const fl_job *job) {
  work->job = *job;
  work->state = FETCHING;
  work->received_before = station->link.mqtt.bytes_received;
  work->sent_before = station->link.mqtt.bytes_sent;
  work->told_phase = 0;
  work->told_complete = false;
  work->parameters = NULL;
  const int32_t status = judge(work, station);
  if (status == FL_OK) {
    fl_download_start(&work->part.download, station, &work->job);
  } else {
    conclude(work, status);
  }
  return true;
}

bool fl_work_is(const fl_work *work, uint32_t execution, uint32_t attempt) {
  return work->job.execution == execution && work->job.attempt == attempt;
}

/* ---- messages ---- */

static void take_digests(fl_work *work, const fl_mqtt_message *from) {
  fl_digests message;
  if (fl_digests_decode(from->payload, from->payload_bytes, &message) != FL_OK) return;
  fl_download_take_digests(&work->part.download, &message);
}

static void take_chunk(fl_work *work, fl_station *station, const fl_mqtt_message *from) {
  fl_chunk message;
  if (fl_chunk_decode(from->payload, from->payload_bytes, &message) != FL_OK) return;
  fl_download_take_chunk(&work->part.download, station, &message);
}

static void take_ack(fl_work *work, fl_station *station, const fl_mqtt_message *from) {
  fl_ack message;
  if (fl_ack_decode(from->payload, from->payload_bytes, &message) != FL_OK) return;
  if (fl_work_is(work, message.execution, message.attempt)) fl_upload_take_ack(&work->part.upload, station, &message);
}

void fl_work_take(fl_work *work, fl_station *station) {
  const fl_mqtt_message from = fl_mqtt_last_message(&station->link.mqtt);
  if (work->state == FETCHING) {
    if (fl_link_topic_ends(&station->link, "/digests")) take_digests(work, &from);
    if (fl_link_topic_ends(&station->link, "/chunk")) take_chunk(work, station, &from);
  } else if (work->state == REPORTING) {
    if (fl_link_topic_ends(&station->link, "/ack")) take_ack(work, station, &from);
  }
}

void fl_work_hurry(fl_work *work) {
  if (work->state == FETCHING) fl_retry_reset(&work->part.download.retry);
  if (work->state == REPORTING) fl_retry_reset(&work->part.upload.retry);
}
