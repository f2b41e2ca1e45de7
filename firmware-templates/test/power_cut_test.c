/*
 * Cuts a device's power after every slice of its work, and during every flash operation, and lets it begin again: what comes to
 * the server must be the same bytes as from a device that was never cut. The server remembers what it has, as a real one
 * does; the board keeps its flash and forgets everything else. Run under sanitizers.
 */
#include <string.h>

#include "check.h"
#include "fake_server.h"
#include "fl_hal.h"
#include "test_hal.h"

enum { EXECUTION = 7, PASSES = 8, LOW_LOSS = 5000, MOST_SLICES = 100000, IDLE_MS = 200, NEVER = 0 };
enum { TAKEN_AT_ONCE = 20 /* bytes of a piece that the server keeps: uploads take several exchanges */ };

static fl_device device;

/* ---- a server that answers what the device says ---- */

typedef struct {
  bool is_balanced; /* the job */
  bool has_result;
  uint32_t steps;
  uint32_t end;
  uint32_t delta_bytes;
  uint8_t digest[FL_DIGEST_BYTES];
  uint8_t delta[4096];
  uint32_t have;
  bool is_stored;
} server;

static server now;

static void say(const packets *packet) { test_hal_feed(packet->bytes, packet->count); }

static void answer_upload(void) {
  static packets packet;
  packet.count = 0;
  now.is_stored = now.has_result && now.have == now.delta_bytes;
  fake_ack(&packet, EXECUTION, now.is_stored ? FL_STORED : FL_OK, now.have);
  say(&packet);
}

static uint32_t uint_of(const uint8_t *payload, uint32_t bytes, uint32_t wanted) {
  fl_cbor_reader reader;
  fl_cbor_map map;
  uint32_t key, value = 0;
  fl_cbor_open(&reader, payload, bytes, &map);
  while (fl_cbor_next(&reader, &map, &key)) {
    if (key == wanted) value = fl_cbor_get_uint(&reader, 0, UINT32_MAX);
    else fl_cbor_skip(&reader);
  }
  return value;
}

static fl_view bytes_of(const uint8_t *payload, uint32_t bytes, uint32_t wanted) {
  fl_cbor_reader reader;
  fl_cbor_map map;
  uint32_t key;
  fl_view value = {NULL, 0};
  fl_cbor_open(&reader, payload, bytes, &map);
  while (fl_cbor_next(&reader, &map, &key)) {
    if (key == wanted) value = fl_cbor_get_bytes(&reader, 0, FL_MAX_PAYLOAD_BYTES);
    else fl_cbor_skip(&reader);
  }
  return value;
}

/* The same result every time, but for traffic. */
static void hear_result(const uint8_t *payload, uint32_t bytes) {
  const fl_view digest = bytes_of(payload, bytes, 18);
  CHECK(digest.count == FL_DIGEST_BYTES); /* it was trained, and kept */
  if (now.has_result) CHECK(memcmp(now.digest, digest.bytes, FL_DIGEST_BYTES) == 0);
  memcpy(now.digest, digest.bytes, FL_DIGEST_BYTES);
  now.steps = uint_of(payload, bytes, 10);
  now.delta_bytes = uint_of(payload, bytes, 17);
  now.end = uint_of(payload, bytes, 21);
  now.has_result = true;
  answer_upload();
}

static void hear_delta(const uint8_t *payload, uint32_t bytes) {
  const uint32_t offset = uint_of(payload, bytes, 3);
  const fl_view piece = bytes_of(payload, bytes, 4);
  const uint32_t count = piece.count < TAKEN_AT_ONCE ? piece.count : TAKEN_AT_ONCE;
  if (offset == now.have && now.have + count <= sizeof now.delta) {
    memcpy(now.delta + now.have, piece.bytes, count);
    now.have += count;
  }
  answer_upload();
}

static void hear_fetch(const uint8_t *payload, uint32_t bytes) {
  static packets packet;
  const uint32_t first = uint_of(payload, bytes, 2), count = uint_of(payload, bytes, 3);
  if (uint_of(payload, bytes, 4) == FL_FETCH_DIGESTS) {
    packet.count = 0;
    fake_digests(&packet);
    say(&packet);
    return;
  }
  for (uint32_t i = 0; i < count; i++) {
    packet.count = 0;
    fake_chunk(&packet, first + i);
    say(&packet);
  }
}

static void hear_hello(void) {
  static packets packet;
  packet.count = 0;
  if (now.is_balanced) fake_balanced_job(&packet, EXECUTION, PASSES, LOW_LOSS);
  else fake_job(&packet, EXECUTION, PASSES);
  say(&packet);
}

static bool ends_with(const uint8_t *topic, uint32_t bytes, const char *end) {
  const uint32_t count = (uint32_t)strlen(end);
  return bytes >= count && memcmp(topic + bytes - count, end, count) == 0;
}

static void hear_publish(const uint8_t *body, uint32_t bytes) {
  const uint32_t topic_bytes = (uint32_t)body[0] << 8 | body[1];
  const uint8_t *topic = body + 2, *payload = topic + topic_bytes;
  const uint32_t rest = bytes - 2 - topic_bytes;
  static packets packet;
  packet.count = 0;
  if (ends_with(topic, topic_bytes, "/req")) fake_enrol_answer(&packet);
  if (packet.count > 0) say(&packet);
  if (ends_with(topic, topic_bytes, "up/hello")) hear_hello();
  if (ends_with(topic, topic_bytes, "up/fetch")) hear_fetch(payload, rest);
  if (ends_with(topic, topic_bytes, "up/result")) hear_result(payload, rest);
  if (ends_with(topic, topic_bytes, "up/delta")) hear_delta(payload, rest);
}

static void hear(uint8_t type, const uint8_t *body, uint32_t bytes) {
  static packets packet;
  packet.count = 0;
  if (type == 1) fake_connack(&packet);
  if (type == 8) fake_suback(&packet, &device);
  if (packet.count > 0) say(&packet);
  if (type == 3) hear_publish(body, bytes);
}

/* Whole packets: the device's HAL takes all bytes at once. */
static void serve(void) {
  static uint8_t said[TEST_NETWORK_BYTES];
  const uint32_t count = hal.sent_bytes;
  memcpy(said, hal.sent, count);
  hal.sent_bytes = 0;
  for (uint32_t at = 0; at < count;) {
    const uint8_t type = said[at++] >> 4;
    uint32_t bytes = 0, shift = 0;
    do {
      bytes |= (said[at] & 127u) << shift;
      shift += 7;
    } while (said[at++] >> 7);
    CHECK(at + bytes <= count);
    hear(type, said + at, bytes);
    at += bytes;
  }
}

/* ---- a device that can be cut ---- */

/* What the device is doing: cuts must have met all of it. */
enum { AT_OTHER = 0, AT_FETCH, AT_UPLOAD, AT_SESSION, PLACES = AT_SESSION + FL_SESSION_DIVERGED + 1 };
static uint32_t cuts_at[PLACES];

static uint32_t place(void) {
  if (device.state != FL_DEVICE_WORKING) return AT_OTHER;
  if (now.has_result) return now.have > 0 ? AT_UPLOAD : AT_OTHER;
  return device.work.parameters == NULL ? AT_FETCH : AT_SESSION + device.work.session.state;
}

static void power_on(void) {
  memset(&device, 0, sizeof device); /* .bss */
  memset(fl_arena, 0xA5, FL_MODEL_ARENA_BYTES);
  hal.cut_at_operation = 0;
  hal.sent_bytes = hal.received_at = hal.received_end = 0;
  hal.link_ready = true;
  fl_device_start(&device, hal.now_ms);
}

/* Works until the server has everything, or for `most` slices, or until the power fails in flash. Slices that it took. */
static uint32_t work(uint32_t most) {
  uint32_t slices = 0;
  while (slices < most && !now.is_stored) {
    const bool is_busy = fl_device_poll(&device, hal.now_ms);
    slices++;
    serve();
    if (!is_busy) hal.now_ms += IDLE_MS;
    if (hal.cut_at_operation != NEVER && hal.flash_operations >= hal.cut_at_operation) break;
  }
  return slices;
}

static void begin(bool is_balanced) {
  memset(&now, 0, sizeof now);
  now.is_balanced = is_balanced;
  fake_factory();
  power_on();
}

static server whole;

static void check_same(void) {
  CHECK(now.is_stored);
  CHECK(now.have == whole.have && memcmp(now.delta, whole.delta, whole.have) == 0);
  CHECK(now.steps == whole.steps && now.end == whole.end);
}

static void cut_and_finish(uint32_t slices) {
  (void)work(slices);
  cuts_at[place()]++;
  power_on();
}

static void cut_once(uint32_t slices, bool is_balanced) {
  begin(is_balanced);
  cut_and_finish(slices);
  (void)work(MOST_SLICES);
  check_same();
}

/* The second cut comes `later` slices after the first. */
static void cut_twice(uint32_t slices, uint32_t later, bool is_balanced) {
  begin(is_balanced);
  cut_and_finish(slices);
  cut_and_finish(later);
  (void)work(MOST_SLICES);
  check_same();
}

/* The power fails in the middle of one flash operation. */
static void cut_in_flash(uint32_t operation, uint32_t bytes, bool is_balanced) {
  begin(is_balanced);
  hal.cut_at_operation = hal.flash_operations + operation;
  hal.cut_after_bytes = bytes;
  (void)work(MOST_SLICES);
  power_on();
  (void)work(MOST_SLICES);
  check_same();
}

/* What the server has is the whole delta, though it took it piece by piece. */
static void check_whole_delta(void) {
  uint8_t all[sizeof now.delta];
  CHECK(fl_delta_read(&device.work.part.upload.delta.coder, 0, all, now.delta_bytes) == now.delta_bytes);
  CHECK(now.have == now.delta_bytes && memcmp(all, now.delta, now.have) == 0);
}

static void cut_everywhere(bool is_balanced) {
  begin(is_balanced);
  const uint32_t erased = hal.flash_operations;
  const uint32_t slices = work(MOST_SLICES);
  const uint32_t operations = hal.flash_operations - erased;
  CHECK(now.is_stored && now.have > 2 * TAKEN_AT_ONCE);
  CHECK(now.end == (is_balanced ? FL_END_LOW_LOSS : FL_END_PASSES));
  check_whole_delta();
  whole = now;
  for (uint32_t at = 1; at < slices; at++) cut_once(at, is_balanced);
  for (uint32_t at = 1; at < slices; at += 5) cut_twice(at, 2 * at % slices, is_balanced);
  for (uint32_t at = 1; at <= operations; at++) {
    cut_in_flash(at, 0, is_balanced);
    cut_in_flash(at, 3, is_balanced);
  }
}

int main(void) {
  cut_everywhere(false);
  cut_everywhere(true);
  static const fl_session_state met[] = {FL_SESSION_BEFORE, FL_SESSION_BASE, FL_SESSION_TRAINING, FL_SESSION_CHECK,
                                         FL_SESSION_AFTER};
  for (uint32_t i = 0; i < sizeof met / sizeof *met; i++) CHECK(cuts_at[AT_SESSION + met[i]] > 1);
  CHECK(cuts_at[AT_OTHER] > 1 && cuts_at[AT_FETCH] > 1 && cuts_at[AT_UPLOAD] > 1);
  return 0;
}
