/*
 * The C codec behind a line protocol, so that specs can hold it against the TypeScript.
 *   "encode <message> <values...>"  -> the payload in hexadecimal, or "refused <code>"
 *   "decode <message> <hex>"        -> the values, or "refused"
 *   "mutate <rounds> <seed> <hex>"  -> "done <accepted>": decodes mutated copies as every message
 * Values are decimal integers, strings are hexadecimal, "-" is empty. Payloads lie in allocations of their exact size, so
 * AddressSanitizer sees every read past an end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fl_bytes.h"
#include "fl_messages.h"
#include "fl_step.h"

static char line[200000];
static uint8_t scratch[16][4096];

static const char *word(void) {
  const char *next = strtok(NULL, " \n");
  if (!next) exit(2);
  return next;
}

static uint32_t number(void) { return (uint32_t)strtoll(word(), NULL, 10); }

static uint32_t unhex(const char *text, uint8_t *to) {
  uint32_t count = 0;
  unsigned value;
  if (strcmp(text, "-") == 0) return 0;
  for (; sscanf(text, "%2x", &value) == 1; text += 2) to[count++] = (uint8_t)value;
  return count;
}

static fl_view string(uint32_t slot) {
  fl_view value;
  value.bytes = scratch[slot];
  value.count = unhex(word(), scratch[slot]);
  return value;
}

static void fixed(uint8_t *to) { (void)unhex(word(), to); }

static void print_hex(const uint8_t *bytes, uint32_t count) {
  if (count == 0) printf("-");
  for (uint32_t i = 0; i < count; i++) printf("%02x", bytes[i]);
}

static void print_view(fl_view value) {
  printf(" ");
  print_hex(value.bytes, value.count);
}

/* ---- Encoding, into buffers of every size up to the payload's ---- */

static int32_t encode(const char *name, uint8_t *payload, uint32_t capacity, const void *message) {
  if (strcmp(name, "enrol") == 0) return fl_enrol_encode(message, payload, capacity);
  if (strcmp(name, "hello") == 0) return fl_hello_encode(message, payload, capacity);
  if (strcmp(name, "fetch") == 0) return fl_fetch_encode(message, payload, capacity);
  if (strcmp(name, "progress") == 0) return fl_progress_encode(message, payload, capacity);
  if (strcmp(name, "result") == 0) return fl_result_encode(message, payload, capacity);
  uint8_t *place;
  int32_t length = fl_delta_piece_encode(message, payload, capacity, &place);
  if (length > 0) memcpy(place, scratch[1], ((const fl_delta_piece *)message)->count);
  return length;
}

static void encode_and_print(const char *name, const void *message) {
  uint8_t *payload = malloc(FL_MAX_PAYLOAD_BYTES);
  int32_t length = encode(name, payload, FL_MAX_PAYLOAD_BYTES, message);
  for (int32_t less = 0; less < length; less++) {
    uint8_t *small = malloc((size_t)less + (less == 0));
    if (encode(name, small, (uint32_t)less, message) != FL_WRONG_SIZE) printf("wrote past %" PRId32 " ", less);
    free(small);
  }
  if (length < 0) printf("refused %" PRId32, length);
  else print_hex(payload, (uint32_t)length);
  free(payload);
}

static void encode_result(void) {
  static uint32_t losses[FL_MAX_PASSES];
  fl_result m;
  m.kind = number(), m.execution = number(), m.attempt = number(), m.status = (int32_t)number();
  m.test_items = number(), m.right_before = number(), m.right_after = number();
  m.loss_before = number(), m.loss_after = number(), m.learned_items = number(), m.steps = number();
  m.guard_restarts = number(), m.peak_sram_bytes = number(), m.peak_stack_bytes = number();
  fixed(m.base_digest), m.scheme = number(), m.delta_bytes = number(), fixed(m.delta_digest);
  m.received_bytes = number(), m.sent_bytes = number(), m.end = number();
  for (uint32_t i = 0; i < 3; i++) m.saturated[i] = number();
  m.pass_count = number();
  for (uint32_t i = 0; i < m.pass_count; i++) losses[i] = number();
  m.pass_losses = losses;
  encode_and_print("result", &m);
}

static void encode_line(const char *name) {
  if (strcmp(name, "enrol") == 0) {
    fl_enrol m;
    fixed(m.uid), fixed(m.nonce), m.board = string(1), m.core = string(2);
    m.sram_budget_bytes = number(), m.flash_bytes = number(), m.label = string(3);
    encode_and_print(name, &m);
  } else if (strcmp(name, "hello") == 0) {
    fl_hello m;
    m.boots = number(), m.layout = number(), m.scheme = number(), m.parameter_digest = string(1);
    encode_and_print(name, &m);
  } else if (strcmp(name, "fetch") == 0) {
    fl_fetch m;
    m.artifact = number(), m.first_chunk = number(), m.count = number(), m.of = number();
    encode_and_print(name, &m);
  } else if (strcmp(name, "progress") == 0) {
    fl_progress m;
    m.execution = number(), m.attempt = number(), m.phase = number(), m.pass = number(), m.done = number();
    m.total = number(), m.loss = number(), m.right = number();
    m.peak_sram_bytes = number(), m.peak_stack_bytes = number();
    encode_and_print(name, &m);
  } else if (strcmp(name, "result") == 0) {
    encode_result();
  } else {
    fl_delta_piece m;
    m.execution = number(), m.attempt = number(), m.offset = number(), m.count = string(1).count;
    encode_and_print(name, &m);
  }
}

/* ---- Decoding ---- */

static void print_job(const fl_job *m) {
  printf("%" PRIu32, m->kind);
  if (m->kind == FL_JOB_TRAIN || m->kind == FL_JOB_EVALUATE) {
    printf(" %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " ", m->execution, m->attempt, m->artifact, m->size_bytes);
    print_hex(m->sha256, FL_DIGEST_BYTES);
    printf(" %" PRIu32 " %" PRIu32 " %" PRIu32, m->chunk_bytes, m->layout, m->scheme);
  }
  if (m->kind == FL_JOB_TRAIN) {
    printf(" %" PRIu32 " %" PRIu32, m->seed, m->passes);
    printf(" %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32, m->order, m->below_loss, m->patience, m->least_fall);
    for (uint32_t i = 0; i < m->segment_count; i++) {
      const fl_learning_rates *s = &m->segments[i];
      printf(" %" PRIu32 " %d %d %d %d %d %d", s->first_step, s->weights.mantissa, s->weights.exponent, s->bias.mantissa,
             s->bias.exponent, s->head.mantissa, s->head.exponent);
    }
  }
  if (m->kind == FL_JOB_INSTALL) printf(" %" PRIu32 " %" PRIu32, m->layout, m->scheme);
  if (m->kind == FL_JOB_INSTALL || m->kind == FL_JOB_WAIT) printf(" %" PRIu32, m->wait_ms);
  if (m->kind != FL_JOB_TRAIN && m->kind != FL_JOB_EVALUATE) print_view(m->text);
}

typedef union {
  fl_enrol_answer enrol_answer;
  fl_job job;
  fl_digests digests;
  fl_chunk chunk;
  fl_ack ack;
} heard;

static int32_t decode(const char *name, const uint8_t *payload, uint32_t length, heard *m) {
  if (strcmp(name, "enrol-answer") == 0) return fl_enrol_answer_decode(payload, length, &m->enrol_answer);
  if (strcmp(name, "job") == 0) return fl_job_decode(payload, length, &m->job);
  if (strcmp(name, "digests") == 0) return fl_digests_decode(payload, length, &m->digests);
  if (strcmp(name, "chunk") == 0) return fl_chunk_decode(payload, length, &m->chunk);
  return fl_ack_decode(payload, length, &m->ack);
}

static void print_heard(const char *name, const heard *m) {
  if (strcmp(name, "job") == 0) {
    print_job(&m->job);
  } else if (strcmp(name, "enrol-answer") == 0) {
    printf("%" PRId32 " ", m->enrol_answer.status);
    print_hex(m->enrol_answer.nonce, FL_NONCE_BYTES);
    if (m->enrol_answer.status != FL_OK) {
      print_view(m->enrol_answer.text);
      return;
    }
    print_view(m->enrol_answer.device), print_view(m->enrol_answer.fleet), print_view(m->enrol_answer.secret);
  } else if (strcmp(name, "digests") == 0) {
    printf("%" PRIu32 " %" PRIu32, m->digests.artifact, m->digests.first_chunk);
    print_view(m->digests.digests);
  } else if (strcmp(name, "chunk") == 0) {
    printf("%" PRIu32 " %" PRIu32 " %" PRId32, m->chunk.artifact, m->chunk.chunk, m->chunk.status);
    print_view(m->chunk.bytes);
  } else {
    printf("%" PRIu32 " %" PRIu32 " %" PRId32 " %" PRIu32, m->ack.execution, m->ack.attempt, m->ack.status,
           m->ack.have_bytes);
    print_view(m->ack.text);
  }
}

static void decode_line(const char *name) {
  fl_view value = string(0);
  uint8_t *payload = malloc(value.count + (value.count == 0));
  heard m;
  memcpy(payload, value.bytes, value.count);
  if (decode(name, payload, value.count, &m) != FL_OK) printf("refused");
  else print_heard(name, &m);
  free(payload);
}

/* ---- Mutating ---- */

static uint32_t draw(uint32_t *state, uint32_t below) {
  *state = fl_hash(*state + 1);
  return *state % below;
}

/* Overwrites, flips, inserts or removes at a random place; the new length. */
static uint32_t mutate(uint8_t *bytes, uint32_t length, uint32_t *state) {
  uint32_t at = draw(state, length + 1);
  switch (draw(state, 5)) {
    case 0:
      if (at < length) bytes[at] = (uint8_t)draw(state, 256);
      return length;
    case 1:
      if (at < length) bytes[at] ^= (uint8_t)(1u << draw(state, 8));
      return length;
    case 2:
      if (length >= 2000) return length;
      memmove(bytes + at + 1, bytes + at, length - at);
      bytes[at] = (uint8_t)draw(state, 256);
      return length + 1;
    case 3:
      if (at == length) return length;
      memmove(bytes + at, bytes + at + 1, length - at - 1);
      return length - 1;
    default:
      return draw(state, 4) == 0 ? at : length;
  }
}

static void mutate_line(void) {
  static const char *const names[] = {"enrol-answer", "job", "digests", "chunk", "ack"};
  uint32_t rounds = (uint32_t)strtoul(word(), NULL, 10);
  uint32_t state = number();
  fl_view value = string(0);
  uint32_t accepted = 0;
  for (uint32_t round = 0; round < rounds; round++) {
    uint8_t bytes[4096];
    uint32_t length = value.count;
    memcpy(bytes, value.bytes, length);
    for (uint32_t more = 1 + draw(&state, 4); more > 0; more--) length = mutate(bytes, length, &state);
    uint8_t *payload = malloc(length + (length == 0));
    memcpy(payload, bytes, length);
    for (uint32_t i = 0; i < 5; i++) {
      heard m;
      if (decode(names[i], payload, length, &m) == FL_OK) accepted++;
    }
    free(payload);
  }
  printf("done %" PRIu32, accepted);
}

int main(void) {
  while (fgets(line, sizeof line, stdin)) {
    const char *verb = strtok(line, " \n");
    if (!verb) continue;
    if (strcmp(verb, "encode") == 0) encode_line(word());
    else if (strcmp(verb, "decode") == 0) decode_line(word());
    else mutate_line();
    printf("\n");
  }
  return 0;
}
