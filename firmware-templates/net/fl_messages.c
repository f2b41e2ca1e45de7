#include "fl_messages.h"

#include "fl_bytes.h"

/* ---- Device to server ---- */

static fl_view view(const uint8_t *bytes, uint32_t count) {
  fl_view value;
  value.bytes = bytes;
  value.count = count;
  return value;
}

int32_t fl_enrol_encode(const fl_enrol *message, uint8_t *payload, uint32_t capacity) {
  fl_cbor_writer writer;
  fl_cbor_begin(&writer, payload, capacity, message->label.count > 0 ? 8 : 7);
  fl_cbor_put_uint(&writer, 1, FL_PROTOCOL_VERSION);
  fl_cbor_put_bytes(&writer, 2, view(message->uid, FL_UID_BYTES));
  fl_cbor_put_bytes(&writer, 3, view(message->nonce, FL_NONCE_BYTES));
  fl_cbor_put_text(&writer, 4, message->board);
  fl_cbor_put_text(&writer, 5, message->core);
  fl_cbor_put_uint(&writer, 6, message->sram_budget_bytes);
  fl_cbor_put_uint(&writer, 7, message->flash_bytes);
  if (message->label.count > 0) fl_cbor_put_text(&writer, 8, message->label);
  return fl_cbor_end(&writer);
}

int32_t fl_hello_encode(const fl_hello *message, uint8_t *payload, uint32_t capacity) {
  fl_cbor_writer writer;
  fl_cbor_begin(&writer, payload, capacity, 4);
  fl_cbor_put_uint(&writer, 1, message->boots);
  fl_cbor_put_uint(&writer, 2, message->layout);
  fl_cbor_put_uint(&writer, 3, message->scheme);
  fl_cbor_put_bytes(&writer, 4, message->parameter_digest);
  return fl_cbor_end(&writer);
}

int32_t fl_fetch_encode(const fl_fetch *message, uint8_t *payload, uint32_t capacity) {
  fl_cbor_writer writer;
  fl_cbor_begin(&writer, payload, capacity, 4);
  fl_cbor_put_uint(&writer, 1, message->artifact);
  fl_cbor_put_uint(&writer, 2, message->first_chunk);
  fl_cbor_put_uint(&writer, 3, message->count);
  fl_cbor_put_uint(&writer, 4, message->of);
  return fl_cbor_end(&writer);
}

int32_t fl_progress_encode(const fl_progress *message, uint8_t *payload, uint32_t capacity) {
  fl_cbor_writer writer;
  fl_cbor_begin(&writer, payload, capacity, 10);
  fl_cbor_put_uint(&writer, 1, message->execution);
  fl_cbor_put_uint(&writer, 2, message->attempt);
  fl_cbor_put_uint(&writer, 3, message->phase);
  fl_cbor_put_uint(&writer, 4, message->pass);
  fl_cbor_put_uint(&writer, 5, message->done);
  fl_cbor_put_uint(&writer, 6, message->total);
  fl_cbor_put_uint(&writer, 7, message->loss);
  fl_cbor_put_uint(&writer, 8, message->right);
  fl_cbor_put_uint(&writer, 9, message->peak_sram_bytes);
  fl_cbor_put_uint(&writer, 10, message->peak_stack_bytes);
  return fl_cbor_end(&writer);
}

/* Keys 4 to 12: what was measured on the test set and in training. */
static void put_scores(fl_cbor_writer *writer, const fl_result *message) {
  bool trained = message->kind == FL_RESULT_TRAINED;
  fl_cbor_put_uint(writer, 4, message->test_items);
  fl_cbor_put_uint(writer, 5, message->right_before);
  if (trained) fl_cbor_put_uint(writer, 6, message->right_after);
  fl_cbor_put_uint(writer, 7, message->loss_before);
  if (!trained) return;
  fl_cbor_put_uint(writer, 8, message->loss_after);
  fl_cbor_put_uint(writer, 9, message->learned_items);
  fl_cbor_put_uint(writer, 10, message->steps);
}

/* Keys 15 to 18: what the delta is of. */
static void put_delta(fl_cbor_writer *writer, const fl_result *message) {
  bool trained = message->kind == FL_RESULT_TRAINED;
  fl_cbor_put_bytes(writer, 15, view(message->base_digest, FL_DIGEST_BYTES));
  fl_cbor_put_uint(writer, 16, message->scheme);
  fl_cbor_put_uint(writer, 17, trained ? message->delta_bytes : 0);
  if (trained) fl_cbor_put_bytes(writer, 18, view(message->delta_digest, FL_DIGEST_BYTES));
}

int32_t fl_result_encode(const fl_result *message, uint8_t *payload, uint32_t capacity) {
  fl_cbor_writer writer;
  bool failed = message->kind == FL_RESULT_FAILED;
  bool evaluated = message->kind == FL_RESULT_EVALUATED;
  bool learned = !evaluated && (!failed || message->pass_count > 0);
  fl_cbor_begin(&writer, payload, capacity, (failed ? 9u : evaluated ? 13u : 20u) + (learned ? 2u : 0u));
  fl_cbor_put_uint(&writer, 1, message->execution);
  fl_cbor_put_uint(&writer, 2, message->attempt);
  fl_cbor_put_int(&writer, 3, failed ? message->status : FL_OK);
  if (!failed) put_scores(&writer, message);
  if (!evaluated) {
    fl_cbor_put_uints(&writer, 11, message->pass_losses, message->pass_count);
    fl_cbor_put_uint(&writer, 12, message->guard_restarts);
  }
  fl_cbor_put_uint(&writer, 13, message->peak_sram_bytes);
  fl_cbor_put_uint(&writer, 14, message->peak_stack_bytes);
  if (!failed) put_delta(&writer, message);
  fl_cbor_put_uint(&writer, 19, message->received_bytes);
  fl_cbor_put_uint(&writer, 20, message->sent_bytes);
  if (learned) {
    fl_cbor_put_uint(&writer, 21, message->end);
    fl_cbor_put_uints(&writer, 22, message->saturated, 3);
  }
  return fl_cbor_end(&writer);
}

int32_t fl_delta_piece_encode(const fl_delta_piece *message, uint8_t *payload, uint32_t capacity, uint8_t **place) {
  fl_cbor_writer writer;
  fl_cbor_begin(&writer, payload, capacity, 4);
  fl_cbor_put_uint(&writer, 1, message->execution);
  fl_cbor_put_uint(&writer, 2, message->attempt);
  fl_cbor_put_uint(&writer, 3, message->offset);
  *place = fl_cbor_put_space(&writer, 4, message->count);
  return fl_cbor_end(&writer);
}

/* ---- Server to device ---- */

/* A set of keys up to 31. */
#define KEY(number) (1u << (number))

/* FL_OK if the payload was read to its end and has all keys of `needed`. */
static int32_t closed(const fl_cbor_reader *reader, uint32_t seen, uint32_t needed) {
  return (seen & needed) == needed ? fl_cbor_close(reader) : FL_MALFORMED;
}

/* The next key (0: an unknown one, skipped), noted in `seen`; false at the end. */
static bool next_known(fl_cbor_reader *reader, fl_cbor_map *map, uint32_t last, uint32_t *key, uint32_t *seen) {
  if (!fl_cbor_next(reader, map, key)) return false;
  if (*key == 0 || *key > last) {
    fl_cbor_skip(reader);
    *key = 0;
  }
  *seen |= KEY(*key);
  return true;
}

/* A byte string of exactly count bytes, copied. */
static void get_fixed(fl_cbor_reader *reader, uint8_t *target, uint32_t count) {
  fl_view value = fl_cbor_get_bytes(reader, count, count);
  fl_copy(target, value.bytes, value.count);
}

static bool is_id(fl_view text) {
  for (uint32_t i = 0; i < text.count; i++) {
    uint8_t c = text.bytes[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return text.count >= 1 && text.count <= FL_MAX_ID_BYTES;
}

static bool is_secret(fl_view text) {
  for (uint32_t i = 0; i < text.count; i++) {
    uint8_t c = text.bytes[i];
    if (!((c >= 'a' && c <= 'f') || (c >= '0' && c <= '9'))) return false;
  }
  return text.count == FL_SECRET_CHARS;
}

/* Enrolment topics stand where a fleet's name would. */
static bool is_prov(fl_view text) {
  const uint8_t *c = text.bytes;
  return text.count == 4 && c[0] == 'p' && c[1] == 'r' && c[2] == 'o' && c[3] == 'v';
}

int32_t fl_enrol_answer_decode(const uint8_t *payload, uint32_t length, fl_enrol_answer *message) {
  fl_cbor_reader reader;
  fl_cbor_map map;
  uint32_t key;
  uint32_t seen = 0;
  fl_zero(message, sizeof *message);
  fl_cbor_open(&reader, payload, length, &map);
  while (next_known(&reader, &map, 6, &key, &seen)) {
    if (key == 1) message->status = fl_cbor_get_int(&reader, INT32_MIN, FL_OK);
    if (key == 2) get_fixed(&reader, message->nonce, FL_NONCE_BYTES);
    if (key == 3) message->device = fl_cbor_get_text(&reader, FL_MAX_ID_BYTES);
    if (key == 4) message->fleet = fl_cbor_get_text(&reader, FL_MAX_ID_BYTES);
    if (key == 5) message->secret = fl_cbor_get_text(&reader, FL_SECRET_CHARS);
    if (key == 6) message->text = fl_cbor_get_text(&reader, FL_MAX_TEXT_BYTES);
  }
  if (message->status != FL_OK) return closed(&reader, seen, KEY(1) | KEY(2));
  if (!is_id(message->device) || !is_id(message->fleet) || !is_secret(message->secret)) return FL_MALFORMED;
  if (is_prov(message->fleet)) return FL_MALFORMED;
  return closed(&reader, seen, KEY(1) | KEY(2));
}

static fl_learning_rate get_rate(fl_cbor_reader *reader) {
  fl_learning_rate rate;
  rate.mantissa = (uint16_t)fl_cbor_get_uint(reader, 0, INT16_MAX);
  rate.exponent = (int8_t)fl_cbor_get_int(reader, INT8_MIN, INT8_MAX);
  return rate;
}

/* First steps ascend from 0. */
static void get_segments(fl_cbor_reader *reader, fl_job *job) {
  uint32_t least = 0;
  job->segment_count = fl_cbor_get_array(reader, 1, FL_MAX_LEARNING_RATE_SEGMENTS);
  for (uint32_t i = 0; i < job->segment_count; i++) {
    fl_learning_rates *segment = &job->segments[i];
    (void)fl_cbor_get_array(reader, 7, 7);
    segment->first_step = fl_cbor_get_uint(reader, least, i == 0 ? 0 : UINT32_MAX);
    segment->weights = get_rate(reader);
    segment->bias = get_rate(reader);
    segment->head = get_rate(reader);
    if (segment->first_step == UINT32_MAX && i + 1 < job->segment_count) fl_cbor_refuse(reader);
    least = segment->first_step + 1;
  }
}

static void get_stop_rule(fl_cbor_reader *reader, fl_job *job) {
  (void)fl_cbor_get_array(reader, 3, 3);
  job->below_loss = fl_cbor_get_uint(reader, 0, FL_MAX_LOSS);
  job->patience = fl_cbor_get_uint(reader, 0, FL_MAX_PASSES);
  job->least_fall = fl_cbor_get_uint(reader, 0, FL_MAX_LOSS);
}

/* Which keys a kind of job must have (PROTOCOL.md, dn/job). */
static uint32_t keys_of_job(uint32_t kind) {
  const uint32_t work = KEY(1) | KEY(2) | KEY(4) | KEY(5) | KEY(6) | KEY(7) | KEY(8) | KEY(9);
  switch (kind) {
    case FL_JOB_TRAIN:
      return work | KEY(10) | KEY(11) | KEY(12);
    case FL_JOB_EVALUATE:
      return work;
    case FL_JOB_REFUSED:
      return KEY(14);
    case FL_JOB_INSTALL:
      return KEY(8) | KEY(9) | KEY(13);
    default:
      return KEY(13);
  }
}

static void get_job_value(fl_cbor_reader *reader, uint32_t key, fl_job *job) {
  switch (key) {
    case 1:
      job->execution = fl_cbor_get_uint(reader, 0, UINT32_MAX);
      break;
    case 2:
      job->attempt = fl_cbor_get_uint(reader, 0, UINT32_MAX);
      break;
    case 3:
      job->kind = fl_cbor_get_uint(reader, 0, FL_JOB_INSTALL);
      break;
    case 4:
      job->artifact = fl_cbor_get_uint(reader, 0, UINT32_MAX);
      break;
    case 5:
      job->size_bytes = fl_cbor_get_uint(reader, 0, UINT32_MAX);
      break;
    case 6:
      get_fixed(reader, job->sha256, FL_DIGEST_BYTES);
      break;
    case 7:
      job->chunk_bytes = fl_cbor_get_uint(reader, FL_CHUNK_BYTES, FL_CHUNK_BYTES);
      break;
    case 8:
      job->layout = fl_cbor_get_uint(reader, 0, UINT32_MAX);
      break;
    case 9:
      job->scheme = fl_cbor_get_uint(reader, 0, UINT32_MAX);
      break;
    case 10:
      job->seed = fl_cbor_get_uint(reader, 0, UINT32_MAX);
      break;
    case 11:
      job->passes = fl_cbor_get_uint(reader, 1, FL_MAX_PASSES);
      break;
    case 12:
      get_segments(reader, job);
      break;
    case 13:
      job->wait_ms = fl_cbor_get_uint(reader, 0, FL_MAX_WAIT_MS);
      break;
    case 14:
      job->text = fl_cbor_get_text(reader, FL_MAX_TEXT_BYTES);
      break;
    case 15:
      job->order = fl_cbor_get_uint(reader, 0, FL_ORDER_BALANCED);
      break;
    case 16:
      get_stop_rule(reader, job);
      break;
    default:
      break;
  }
}

int32_t fl_job_decode(const uint8_t *payload, uint32_t length, fl_job *message) {
  fl_cbor_reader reader;
  fl_cbor_map map;
  uint32_t key;
  uint32_t seen = 0;
  fl_zero(message, sizeof *message);
  fl_cbor_open(&reader, payload, length, &map);
  while (next_known(&reader, &map, 16, &key, &seen)) get_job_value(&reader, key, message);
  return closed(&reader, seen, KEY(3) | keys_of_job(message->kind));
}

int32_t fl_digests_decode(const uint8_t *payload, uint32_t length, fl_digests *message) {
  fl_cbor_reader reader;
  fl_cbor_map map;
  uint32_t key;
  uint32_t seen = 0;
  fl_zero(message, sizeof *message);
  fl_cbor_open(&reader, payload, length, &map);
  while (next_known(&reader, &map, 3, &key, &seen)) {
    if (key == 1) message->artifact = fl_cbor_get_uint(&reader, 0, UINT32_MAX);
    if (key == 2) message->first_chunk = fl_cbor_get_uint(&reader, 0, UINT32_MAX);
    if (key != 3) continue;
    message->digests =
        fl_cbor_get_bytes(&reader, FL_CHUNK_DIGEST_BYTES, FL_CHUNK_DIGEST_BYTES * FL_MAX_DIGESTS_PER_FETCH);
    if (message->digests.count % FL_CHUNK_DIGEST_BYTES != 0) fl_cbor_refuse(&reader);
  }
  return closed(&reader, seen, KEY(1) | KEY(2) | KEY(3));
}

int32_t fl_chunk_decode(const uint8_t *payload, uint32_t length, fl_chunk *message) {
  fl_cbor_reader reader;
  fl_cbor_map map;
  uint32_t key;
  uint32_t seen = 0;
  fl_zero(message, sizeof *message);
  fl_cbor_open(&reader, payload, length, &map);
  while (next_known(&reader, &map, 4, &key, &seen)) {
    if (key == 1) message->artifact = fl_cbor_get_uint(&reader, 0, UINT32_MAX);
    if (key == 2) message->chunk = fl_cbor_get_uint(&reader, 0, UINT32_MAX);
    if (key == 3) message->bytes = fl_cbor_get_bytes(&reader, 0, FL_CHUNK_BYTES);
    if (key == 4) message->status = fl_cbor_get_int(&reader, INT32_MIN, -1);
  }
  if ((message->status == FL_OK) != (message->bytes.count > 0)) return FL_MALFORMED;
  return closed(&reader, seen, KEY(1) | KEY(2) | KEY(3));
}

int32_t fl_ack_decode(const uint8_t *payload, uint32_t length, fl_ack *message) {
  fl_cbor_reader reader;
  fl_cbor_map map;
  uint32_t key;
  uint32_t seen = 0;
  fl_zero(message, sizeof *message);
  fl_cbor_open(&reader, payload, length, &map);
  while (next_known(&reader, &map, 5, &key, &seen)) {
    if (key == 1) message->execution = fl_cbor_get_uint(&reader, 0, UINT32_MAX);
    if (key == 2) message->attempt = fl_cbor_get_uint(&reader, 0, UINT32_MAX);
    if (key == 3) message->status = fl_cbor_get_int(&reader, INT32_MIN, FL_STORED);
    if (key == 4) message->have_bytes = fl_cbor_get_uint(&reader, 0, UINT32_MAX);
    if (key == 5) message->text = fl_cbor_get_text(&reader, FL_MAX_TEXT_BYTES);
  }
  return closed(&reader, seen, KEY(1) | KEY(2) | KEY(3) | KEY(4));
}
