#include "fl_upload.h"

#include <stddef.h>

#include "fl_bytes.h"
#include "fl_model.h"

enum { AHEAD_BYTES = FL_MAX_DELTA_PIECES_AHEAD * FL_MAX_DELTA_PIECE_BYTES };

/* A slice, as long as a message's piece takes or less: on Cortex-M0+, 13 M instructions at most. */
enum { HASHED_AT_ONCE = 64, HASHED_IN_SLICE = 16 * HASHED_AT_ONCE, STEPS_IN_SLICE = 1024 };

enum { HASHING = 0, MEASURING, READY };

/* ---- the delta ---- */

static void read_raw(void *context, uint32_t offset, uint8_t *out, uint32_t count) {
  const fl_upload *upload = context;
  fl_model_read_delta(upload->arena, upload->parameters, offset, out, count);
}

static fl_delta_variable variable_of(void *context, uint32_t index) {
  (void)context;
  const fl_delta_variable variable = {fl_model_variables[index].count, fl_model_variables[index].kind};
  return variable;
}

static void measure_begins(fl_upload *upload) {
  const fl_delta_source source = {FL_MODEL_VARIABLES, variable_of, read_raw, upload};
  fl_sha256_end(&upload->delta.hash, upload->result.delta_digest);
  fl_delta_start(&upload->delta.coder, &source);
  upload->stage = MEASURING;
}

static void hash_slice(fl_upload *upload) {
  fl_sha256 *hash = &upload->delta.hash;
  uint8_t piece[HASHED_AT_ONCE];
  for (uint32_t i = 0; i < HASHED_IN_SLICE && hash->length < FL_MODEL_DELTA_BYTES; i += HASHED_AT_ONCE) {
    const uint32_t rest = FL_MODEL_DELTA_BYTES - hash->length;
    const uint32_t count = rest < HASHED_AT_ONCE ? rest : HASHED_AT_ONCE;
    read_raw(upload, hash->length, piece, count);
    fl_sha256_add(hash, piece, count);
  }
  if (hash->length == FL_MODEL_DELTA_BYTES) measure_begins(upload);
}

static void measure_slice(fl_upload *upload) {
  if (!fl_delta_measure(&upload->delta.coder, STEPS_IN_SLICE)) return;
  upload->result.delta_bytes = upload->delta.coder.total;
  upload->stage = READY;
}

bool fl_upload_prepare(fl_upload *upload) {
  switch (upload->stage) {
    case HASHING: hash_slice(upload); break;
    case MEASURING: measure_slice(upload); break;
    default: break;
  }
  return upload->stage == READY;
}

/* ---- sending ---- */

static void send_result(fl_upload *upload, fl_station *station) {
  const int32_t length = fl_result_encode(&upload->result, station->link.payload, FL_LINK_PAYLOAD_BYTES);
  fl_station_publish(station, "up/result", length);
}

static void send_piece(fl_upload *upload, fl_station *station) {
  const uint32_t rest = upload->result.delta_bytes - upload->sent;
  const uint32_t count = rest < FL_MAX_DELTA_PIECE_BYTES ? rest : FL_MAX_DELTA_PIECE_BYTES;
  const fl_delta_piece message = {upload->result.execution, upload->result.attempt, upload->sent, count};
  uint8_t *place = NULL;
  const int32_t length = fl_delta_piece_encode(&message, station->link.payload, FL_LINK_PAYLOAD_BYTES, &place);
  if (length < 0) return;
  (void)fl_delta_read(&upload->delta.coder, upload->sent, place, count);
  fl_station_publish(station, "up/delta", length);
  upload->sent += count;
}

void fl_upload_start(fl_upload *upload, const fl_result *result, const uint8_t *arena, const uint8_t *parameters) {
  fl_zero(upload, sizeof *upload);
  upload->result = *result;
  upload->arena = arena;
  upload->parameters = parameters;
  upload->stage = result->kind == FL_RESULT_TRAINED ? HASHING : READY;
  if (upload->stage == HASHING) fl_sha256_begin(&upload->delta.hash);
}

/* The result is sent first, and whenever there was no answer: the server's says where the delta goes on. */
bool fl_upload_poll(fl_upload *upload, fl_station *station) {
  if (upload->over || !fl_link_is_up(&station->link)) return false;
  if (fl_retry_due(&upload->retry, &station->random, station->now_ms)) {
    upload->answered = false;
    send_result(upload, station);
    return true;
  }
  const bool may_send = upload->answered && upload->sent < upload->result.delta_bytes &&
                        upload->sent - upload->have < AHEAD_BYTES;
  /* What was lost is made again from the start: slice by slice, too. */
  if (may_send && fl_delta_seek(&upload->delta.coder, upload->sent, STEPS_IN_SLICE)) send_piece(upload, station);
  return may_send;
}

void fl_upload_take_ack(fl_upload *upload, fl_station *station, const fl_ack *message) {
  if (message->status != FL_OK) { /* stored, or not wanted: over either way */
    upload->over = true;
    return;
  }
  if (message->have_bytes > upload->result.delta_bytes) return;
  /* The first answer to a result says where to begin; later ones that the server has more. */
  if (!upload->answered) upload->sent = message->have_bytes;
  if (!upload->answered || message->have_bytes > upload->have) {
    fl_retry_start(&upload->retry, &station->random, station->now_ms);
  }
  upload->answered = true;
  upload->have = message->have_bytes;
}
