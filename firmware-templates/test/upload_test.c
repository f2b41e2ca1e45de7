/*
 * Uploads a long delta over a link that loses pieces: no poll may take longer than a slice, and the server must get the bytes that
 * were announced. What a poll takes is counted in bytes read of the raw delta. Run under sanitizers.
 */
#include <string.h>

#include "check.h"
#include "fl_model.h"
#include "fl_upload.h"

enum { WEIGHTS = 15000, ROWS = 150, MOST_POLLS = 10000 };
/*
 * A pass reads 31 rows for each row, 930,000 bytes. A slice: 1,024 bytes for the digest, or 1,024 elements of a pass. A piece: 1,024 bytes,
 * an element at least 5 bits.
 */
enum { HASH_READS = 1024, SLICE_READS = 1024 * 2 * 31, PIECE_READS = 1024 * 8 / 5 * 2 * 31 };

const fl_variable fl_model_variables[FL_MODEL_VARIABLES] = {
    {.count = WEIGHTS, .kind = FL_VARIABLE_WEIGHTS},
    {.count = ROWS, .kind = FL_VARIABLE_BIAS},
};

static fl_station station;
static fl_upload upload;
static uint8_t raw[FL_MODEL_DELTA_BYTES];
static uint8_t stored[FL_MODEL_DELTA_BYTES];
static uint32_t have, pieces, results;
static uint32_t reads; /* bytes, in this poll */

void fl_model_read_delta(const uint8_t *arena, const uint8_t *parameters, uint32_t offset, uint8_t *out, uint32_t count) {
  (void)arena;
  (void)parameters;
  CHECK(offset <= sizeof raw && count <= sizeof raw - offset);
  memcpy(out, raw + offset, count);
  reads += count;
}

/* ---- a link whose server loses every third piece ---- */

bool fl_link_is_up(const fl_link *link) {
  (void)link;
  return true;
}

static void take_piece(const uint8_t *message, uint32_t bytes) {
  const uint32_t rest = upload.result.delta_bytes - upload.sent;
  const uint32_t count = rest < FL_MAX_DELTA_PIECE_BYTES ? rest : FL_MAX_DELTA_PIECE_BYTES;
  if (++pieces % 3 == 0 || upload.sent != have) return;
  memcpy(stored + have, message + bytes - count, count);
  have += count;
}

void fl_link_publish(fl_link *link, const char *topic_rest, uint32_t count, uint32_t now_ms) {
  (void)now_ms;
  if (strcmp(topic_rest, "up/delta") == 0) take_piece(link->payload, count);
  if (strcmp(topic_rest, "up/result") != 0) return;
  results++;
  fl_upload_take_ack(&upload, &station, &(fl_ack){.status = FL_OK, .have_bytes = have});
}

/* ---- the test ---- */

static void make_delta(void) {
  uint32_t state = 1;
  memset(raw, 0, sizeof raw);
  for (uint32_t i = 0; i < 2 * WEIGHTS; i += 2) {
    state = state * 1664525u + 1013904223u;
    const int32_t value = (int32_t)(state >> 24) % 64 - 32;
    raw[i] = (uint8_t)value;
    raw[i + 1] = (uint8_t)(value >> 8);
  }
}

static uint32_t prepare(void) {
  const fl_result trained = {.kind = FL_RESULT_TRAINED, .execution = 1, .attempt = 1};
  uint32_t polls = 0;
  const uint32_t hash_polls = (sizeof raw + HASH_READS - 1) / HASH_READS;
  fl_upload_start(&upload, &trained, raw, raw);
  CHECK(reads == 0);
  for (bool is_ready = false; !is_ready; polls++) {
    reads = 0;
    is_ready = fl_upload_prepare(&upload);
    CHECK(reads <= (polls < hash_polls ? HASH_READS : SLICE_READS));
  }
  return polls;
}

static void send(void) {
  for (uint32_t polls = 0; have < upload.result.delta_bytes; polls++) {
    CHECK(polls < MOST_POLLS);
    reads = 0;
    if (!fl_upload_poll(&upload, &station)) station.now_ms += 1000;
    CHECK(reads <= SLICE_READS + PIECE_READS);
  }
}

static void check_digest(void) {
  fl_sha256 hash;
  uint8_t digest[FL_SHA256_BYTES];
  fl_sha256_begin(&hash);
  fl_sha256_add(&hash, raw, sizeof raw);
  fl_sha256_end(&hash, digest);
  CHECK(memcmp(digest, upload.result.delta_digest, sizeof digest) == 0);
}

int main(void) {
  static uint8_t whole[sizeof stored];
  make_delta();
  CHECK(prepare() > 2 * sizeof raw / HASH_READS);
  check_digest();
  send();
  CHECK(results > 2);
  CHECK(fl_delta_read(&upload.delta.coder, 0, whole, sizeof whole) == have);
  CHECK(memcmp(whole, stored, have) == 0);
  return 0;
}
