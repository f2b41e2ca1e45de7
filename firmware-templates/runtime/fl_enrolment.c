#include "fl_enrolment.h"

#include <stddef.h>

#include "fl_bytes.h"
#include "fl_hal.h"
#include "fl_identity.h"
#include "fl_messages.h"
#include "fl_sha256.h"

static void write_hex(char *text, const uint8_t *bytes, uint32_t count) {
  static const char digits[] = "0123456789abcdef";
  for (uint32_t i = 0; i < count; i++) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  text[2 * count] = 0;
}

/*
 * Who knows token, uid and nonce could ask for the device's secret: the nonce must not be guessed. It is drawn from the
 * board's entropy and the start, so that a board whose flash was wiped has another one.
 */
static void draw_nonce(const fl_station *station, uint8_t nonce[FL_NONCE_BYTES]) {
  uint8_t digest[FL_SHA256_BYTES];
  fl_sha256 hash;
  fl_sha256_begin(&hash);
  fl_sha256_add(&hash, station->provisioning->entropy, FL_ENTROPY_BYTES);
  fl_sha256_add(&hash, (const uint8_t *)&station->boots, sizeof station->boots);
  fl_sha256_end(&hash, digest);
  fl_copy(nonce, digest, FL_NONCE_BYTES);
}

static bool keep_nonce(fl_station *station) {
  if (fl_identity_read() != NULL) return true;
  fl_identity identity;
  fl_zero(&identity, sizeof identity);
  draw_nonce(station, identity.nonce);
  return fl_identity_write(&identity);
}

static void connect(fl_enrolment *enrolment, fl_station *station) {
  const fl_mqtt_login login = {enrolment->uid, "enrol", station->provisioning->token};
  char topic[sizeof "fl/1/prov//" + sizeof enrolment->uid] = "fl/1/prov/";
  fl_text_append(topic, sizeof topic, enrolment->uid);
  fl_text_append(topic, sizeof topic, "/");
  fl_link_become(&station->link, &login, topic, "rsp");
}

bool fl_enrolment_start(fl_enrolment *enrolment, fl_station *station) {
  fl_zero(enrolment, sizeof *enrolment);
  write_hex(enrolment->uid, station->provisioning->uid, FL_UID_BYTES);
  if (!keep_nonce(station)) return false;
  connect(enrolment, station);
  return true;
}

static fl_view view_of(const char *text) {
  const fl_view view = {(const uint8_t *)text, fl_text_length(text)};
  return view;
}

static void send(fl_station *station) {
  const fl_provisioning *board = station->provisioning;
  fl_enrol message = {.board = view_of(board->board),
                      .core = view_of(board->core),
                      .sram_budget_bytes = board->sram_bytes,
                      .flash_bytes = board->flash_bytes,
                      .label = view_of(board->label)};
  fl_copy(message.uid, board->uid, sizeof message.uid);
  fl_copy(message.nonce, fl_identity_read()->nonce, sizeof message.nonce);
  fl_station_publish(station, "req", fl_enrol_encode(&message, station->link.payload, FL_LINK_PAYLOAD_BYTES));
}

void fl_enrolment_ask(fl_enrolment *enrolment, fl_station *station) {
  enrolment->pause_ms = 0;
  fl_retry_start(&enrolment->retry, &station->random, station->now_ms);
  send(station);
}

void fl_enrolment_poll(fl_enrolment *enrolment, fl_station *station) {
  if (!fl_link_is_up(&station->link)) return;
  if (enrolment->pause_ms != 0) {
    if (station->now_ms - enrolment->since_ms >= enrolment->pause_ms) fl_enrolment_ask(enrolment, station);
  } else if (fl_retry_due(&enrolment->retry, &station->random, station->now_ms)) {
    send(station);
  }
}

static void pause(fl_enrolment *enrolment, fl_station *station) {
  fl_hal_log("enrolment refused");
  enrolment->since_ms = station->now_ms;
  enrolment->pause_ms = FL_ENROLMENT_AGAIN_MS / 2 + fl_random_next(&station->random) % FL_ENROLMENT_AGAIN_MS;
}

/* False: the answer does not fit or the flash failed; the question will be repeated. */
static bool keep_identity(const fl_enrol_answer *answer) {
  fl_identity identity;
  fl_zero(&identity, sizeof identity);
  fl_copy(identity.nonce, answer->nonce, sizeof identity.nonce);
  identity.enrolled = 1;
  return fl_text_take(identity.device, sizeof identity.device, answer->device.bytes, answer->device.count) &&
         fl_text_take(identity.fleet, sizeof identity.fleet, answer->fleet.bytes, answer->fleet.count) &&
         fl_text_take(identity.secret, sizeof identity.secret, answer->secret.bytes, answer->secret.count) &&
         fl_identity_write(&identity);
}

bool fl_enrolment_take(fl_enrolment *enrolment, fl_station *station) {
  fl_enrol_answer answer;
  const fl_mqtt_message message = fl_mqtt_last_message(&station->link.mqtt);
  if (fl_enrol_answer_decode(message.payload, message.payload_bytes, &answer) != FL_OK) return false;
  /* An answer to another request, perhaps to one made before the flash was wiped. */
  if (!fl_equal(answer.nonce, fl_identity_read()->nonce, FL_NONCE_BYTES)) return false;
  if (answer.status >= 0) return keep_identity(&answer);
  pause(enrolment, station);
  return false;
}
