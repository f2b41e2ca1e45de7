/* The MQTT client: what it sends, what it takes, and that nothing a peer sends can harm it. */
#include <string.h>

#include "check.h"
#include "fl_mqtt.h"
#include "fl_random.h"
#include "test_hal.h"

static fl_mqtt mqtt;
static const fl_mqtt_login login = {"id", "user", "pass"};
static const uint8_t connack[] = {0x20, 2, 0, 0};
static const uint8_t suback[] = {0x90, 3, 0, 1, 0};
static const uint8_t pingresp[] = {0xD0, 0};

static fl_mqtt_event take(const uint8_t *bytes, uint32_t count) {
  fl_mqtt_event event = FL_MQTT_NOTHING;
  CHECK(fl_mqtt_receive(&mqtt, bytes, count, &event) <= count);
  return event;
}

static void go_online(void) {
  test_hal_reset();
  fl_mqtt_init(&mqtt);
  CHECK(fl_mqtt_connect(&mqtt, &login, 0));
  CHECK(take(connack, sizeof connack) == FL_MQTT_CONNECTED);
  CHECK(fl_mqtt_subscribe(&mqtt, "a/+", 0));
  CHECK(take(suback, sizeof suback) == FL_MQTT_SUBSCRIBED);
  hal.sent_bytes = 0;
}

static void sends_what_the_standard_says(void) {
  static const uint8_t expected[] = {0x10, 26,  0,   4,   'M', 'Q', 'T', 'T', 4,   0xC2, 0,   30,  0,   2,
                                     'i',  'd', 0,   4,   'u', 's', 'e', 'r', 0,   4,    'p', 'a', 's', 's',
                                     0x82, 8,   0,   1,   0,   3,   'a', '/', '+', 0};
  test_hal_reset();
  fl_mqtt_init(&mqtt);
  CHECK(fl_mqtt_connect(&mqtt, &login, 0));
  CHECK(take(connack, sizeof connack) == FL_MQTT_CONNECTED);
  CHECK(fl_mqtt_subscribe(&mqtt, "a/+", 0));
  CHECK(hal.sent_bytes == sizeof expected && memcmp(hal.sent, expected, sizeof expected) == 0);
  CHECK(mqtt.bytes_sent == sizeof expected && mqtt.bytes_received == sizeof connack);

  static const uint8_t payload[200] = {7};
  hal.sent_bytes = 0;
  CHECK(fl_mqtt_publish(&mqtt, "t", payload, sizeof payload, 5));
  static const uint8_t header[] = {0x30, 0x80 | (203 & 127), 203 >> 7, 0, 1, 't', 7};
  CHECK(hal.sent_bytes == 3 + 203 && memcmp(hal.sent, header, sizeof header) == 0);
}

static void takes_messages_however_they_are_cut(void) {
  static const uint8_t stream[] = {0x30, 6, 0, 3, 'a', '/', 'b', 9, 0xD0, 0, 0x31, 5, 0, 3, 'a', '/', 'c'};
  for (uint32_t size = 1; size <= sizeof stream; size++) {
    uint32_t messages = 0;
    go_online();
    for (uint32_t at = 0; at < sizeof stream;) {
      fl_mqtt_event event;
      const uint32_t rest = (uint32_t)sizeof stream - at;
      at += fl_mqtt_receive(&mqtt, stream + at, rest < size ? rest : size, &event);
      if (event != FL_MQTT_MESSAGE) continue;
      const fl_mqtt_message message = fl_mqtt_last_message(&mqtt);
      CHECK(message.topic_bytes == 3 && message.topic[2] == (messages == 0 ? 'b' : 'c'));
      CHECK(message.payload_bytes == 1 - messages);
      messages++;
    }
    CHECK(messages == 2);
  }
}

static void skips_and_counts_what_is_too_long(void) {
  static uint8_t packet[3 + FL_MQTT_RX_BYTES + 1] = {0x30, 0x80 | ((FL_MQTT_RX_BYTES + 1) & 127),
                                                     (FL_MQTT_RX_BYTES + 1) >> 7, 0, 1, 't'};
  static const uint8_t next[] = {0x30, 3, 0, 1, 't'};
  go_online();
  CHECK(take(packet, sizeof packet) == FL_MQTT_NOTHING && mqtt.skipped == 1);
  CHECK(take(next, sizeof next) == FL_MQTT_MESSAGE);

  static uint8_t longest[3 + FL_MQTT_RX_BYTES] = {0x30, 0x80 | (FL_MQTT_RX_BYTES & 127), FL_MQTT_RX_BYTES >> 7, 0, 1,
                                                  't'};
  CHECK(take(longest, sizeof longest) == FL_MQTT_MESSAGE);
  CHECK(fl_mqtt_last_message(&mqtt).payload_bytes == FL_MQTT_RX_BYTES - 3);
}

static void refusals_end_the_connection(void) {
  static const uint8_t refused[] = {0x20, 2, 0, 5};
  static const uint8_t no_subscription[] = {0x90, 3, 0, 1, 0x80};
  test_hal_reset();
  fl_mqtt_init(&mqtt);
  CHECK(fl_mqtt_connect(&mqtt, &login, 0));
  CHECK(take(refused, sizeof refused) == FL_MQTT_LOST && mqtt.refusal == 5);
  CHECK(!fl_mqtt_publish(&mqtt, "t", connack, 1, 0));

  CHECK(fl_mqtt_connect(&mqtt, &login, 0));
  CHECK(take(connack, sizeof connack) == FL_MQTT_CONNECTED);
  CHECK(fl_mqtt_subscribe(&mqtt, "a", 0));
  uint8_t answer[sizeof no_subscription];
  memcpy(answer, no_subscription, sizeof answer);
  answer[3] = (uint8_t)mqtt.packet_id;
  CHECK(take(answer, sizeof answer) == FL_MQTT_LOST && mqtt.refusal == 0x80);
}

static void malformed_packets_end_the_connection(void) {
  static const uint8_t cases[][7] = {
      {0x20, 2, 0, 0},                   /* a second CONNACK */
      {0x00, 0},                         /* reserved type */
      {0x32, 5, 0, 1, 't', 0, 1},        /* QoS 1, which nobody asked for */
      {0x30, 1, 0},                      /* no room for the topic's length */
      {0x30, 3, 0, 2, 't'},              /* the topic is longer than the packet */
      {0x30, 2, 0, 0},                   /* no topic */
      {0xD0, 1, 0},                      /* PINGRESP with a body */
      {0x90, 3, 0, 9, 0},                /* SUBACK of another packet */
      {0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1}, /* a length of five bytes */
  };
  static const uint8_t lengths[] = {4, 2, 7, 3, 5, 4, 3, 5, 6};
  for (uint32_t i = 0; i < sizeof lengths; i++) {
    go_online();
    CHECK(take(cases[i], lengths[i]) == FL_MQTT_LOST);
    CHECK(!fl_mqtt_publish(&mqtt, "t", connack, 1, 0));
  }
}

static void a_silent_broker_is_a_lost_one(void) {
  go_online();
  CHECK(fl_mqtt_tick(&mqtt, FL_MQTT_PING_AFTER_MS - 1) && hal.sent_bytes == 0);
  CHECK(fl_mqtt_tick(&mqtt, FL_MQTT_PING_AFTER_MS) && hal.sent_bytes == 2 && hal.sent[0] == 0xC0);
  CHECK(take(pingresp, sizeof pingresp) == FL_MQTT_NOTHING);
  CHECK(fl_mqtt_tick(&mqtt, 2 * FL_MQTT_PING_AFTER_MS) && hal.sent_bytes == 4);
  CHECK(fl_mqtt_tick(&mqtt, 2 * FL_MQTT_PING_AFTER_MS + FL_MQTT_PING_WAIT_MS - 1));
  CHECK(!fl_mqtt_tick(&mqtt, 2 * FL_MQTT_PING_AFTER_MS + FL_MQTT_PING_WAIT_MS));
}

/* Whatever comes: no access outside the buffer (the sanitizer's part), and every message lies inside it (ours). */
static void survives(const uint8_t *bytes, uint32_t count) {
  for (uint32_t at = 0; at < count;) {
    fl_mqtt_event event;
    const uint32_t taken = fl_mqtt_receive(&mqtt, bytes + at, count - at, &event);
    CHECK(taken > 0 && taken <= count - at);
    at += taken;
    if (event == FL_MQTT_MESSAGE) {
      const fl_mqtt_message message = fl_mqtt_last_message(&mqtt);
      CHECK(message.topic_bytes > 0 && message.topic >= mqtt.buffer);
      CHECK(message.payload + message.payload_bytes <= mqtt.buffer + FL_MQTT_RX_BYTES);
    }
    if (event == FL_MQTT_LOST) CHECK(fl_mqtt_connect(&mqtt, &login, 0));
  }
}

static void survives_mutated_and_random_streams(void) {
  static const uint8_t stream[] = {0x20, 2,   0, 0,    0x90, 3,    0, 1, 0,   0x30, 9,   0, 3, 'a', '/', 'b',
                                   1,    2,   3, 4,    0xD0, 0,    0x31, 5, 0, 3, 'a', '/', 'c', 0x30, 0x85, 1,
                                   0,    1,   't'};
  uint8_t changed[sizeof stream + 131];
  fl_random random = {1, 0};
  for (uint32_t round = 0; round < 200000; round++) {
    memset(changed, (int)round, sizeof changed);
    memcpy(changed, stream, sizeof stream);
    for (uint32_t flips = fl_random_next(&random) % 4; flips > 0; flips--) {
      changed[fl_random_next(&random) % sizeof changed] = (uint8_t)fl_random_next(&random);
    }
    const uint32_t from = fl_random_next(&random) % sizeof stream;
    fl_mqtt_init(&mqtt);
    CHECK(fl_mqtt_connect(&mqtt, &login, 0));
    hal.sent_bytes = 0;
    survives(changed + (round % 3 == 0 ? from : 0), (uint32_t)sizeof changed - from);
  }
  for (uint32_t round = 0; round < 20000; round++) {
    for (uint32_t i = 0; i < sizeof changed; i++) changed[i] = (uint8_t)fl_random_next(&random);
    hal.sent_bytes = 0;
    survives(changed, sizeof changed);
  }
}

int main(void) {
  sends_what_the_standard_says();
  takes_messages_however_they_are_cut();
  skips_and_counts_what_is_too_long();
  refusals_end_the_connection();
  malformed_packets_end_the_connection();
  a_silent_broker_is_a_lost_one();
  survives_mutated_and_random_streams();
  return 0;
}
