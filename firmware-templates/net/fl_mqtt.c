#include "fl_mqtt.h"

#include "fl_bytes.h"
#include "fl_hal.h"

/* MQTT 3.1.1, table 2.1: packet types, in the upper half of the first byte. */
enum {
  PACKET_CONNECT = 0x10,
  PACKET_CONNACK = 0x20,
  PACKET_PUBLISH = 0x30,
  PACKET_SUBSCRIBE = 0x82, /* with the flags that 3.8.1 demands */
  PACKET_SUBACK = 0x90,
  PACKET_PINGREQ = 0xC0,
  PACKET_PINGRESP = 0xD0,
  PACKET_DISCONNECT = 0xE0
};

enum { PARSE_HEADER = 0, PARSE_LENGTH, PARSE_BODY };
enum { OFFLINE = 0, CONNECTING, ONLINE };

void fl_mqtt_init(fl_mqtt *mqtt) { fl_zero(mqtt, sizeof *mqtt); }

/* ---- sending ---- */

static bool send_bytes(fl_mqtt *mqtt, const uint8_t *bytes, uint32_t count) {
  mqtt->bytes_sent += count;
  return fl_hal_send(bytes, count);
}

/* 2.2: the fixed header. Nothing we send is longer than two bytes of length can say (16,383). */
static bool send_header(fl_mqtt *mqtt, uint8_t first, uint32_t length, uint32_t now_ms) {
  const uint8_t header[3] = {first, (uint8_t)((length & 0x7F) | 0x80), (uint8_t)(length >> 7)};
  const uint8_t short_header[2] = {first, (uint8_t)length};
  mqtt->sent_at_ms = now_ms;
  return length < 128 ? send_bytes(mqtt, short_header, 2) : send_bytes(mqtt, header, 3);
}

/* 1.5.3: a string with its length before it. */
static bool send_string(fl_mqtt *mqtt, const char *text) {
  const uint32_t length = fl_text_length(text);
  const uint8_t prefix[2] = {(uint8_t)(length >> 8), (uint8_t)length};
  return send_bytes(mqtt, prefix, 2) && send_bytes(mqtt, (const uint8_t *)text, length);
}

static uint32_t string_bytes(const char *text) { return 2 + fl_text_length(text); }

static void forget_connection(fl_mqtt *mqtt) {
  mqtt->connection = OFFLINE;
  mqtt->parse = PARSE_HEADER;
  mqtt->received = 0;
  mqtt->expected = 0;
  mqtt->ping_waits = false;
}

bool fl_mqtt_connect(fl_mqtt *mqtt, const fl_mqtt_login *login, uint32_t now_ms) {
  /* 3.1.2: protocol name and level; user, password and clean session; keep-alive. */
  static const uint8_t variable_header[10] = {0, 4, 'M', 'Q', 'T', 'T', 4, 0xC2, 0, FL_MQTT_KEEP_ALIVE_S};
  const uint32_t strings = string_bytes(login->client) + string_bytes(login->user) + string_bytes(login->password);
  forget_connection(mqtt);
  mqtt->connection = CONNECTING;
  mqtt->refusal = 0;
  return send_header(mqtt, PACKET_CONNECT, (uint32_t)sizeof variable_header + strings, now_ms) &&
         send_bytes(mqtt, variable_header, sizeof variable_header) && send_string(mqtt, login->client) &&
         send_string(mqtt, login->user) && send_string(mqtt, login->password);
}

bool fl_mqtt_subscribe(fl_mqtt *mqtt, const char *filter, uint32_t now_ms) {
  static const uint8_t quality = 0;
  mqtt->packet_id = (uint16_t)(mqtt->packet_id == 0xFFFF ? 1 : mqtt->packet_id + 1); /* 2.3.1: never 0 */
  const uint8_t id[2] = {(uint8_t)(mqtt->packet_id >> 8), (uint8_t)mqtt->packet_id};
  return send_header(mqtt, PACKET_SUBSCRIBE, 2 + string_bytes(filter) + 1, now_ms) && send_bytes(mqtt, id, 2) &&
         send_string(mqtt, filter) && send_bytes(mqtt, &quality, 1);
}

bool fl_mqtt_publish(fl_mqtt *mqtt, const char *topic, const uint8_t *payload, uint32_t count, uint32_t now_ms) {
  return mqtt->connection == ONLINE && send_header(mqtt, PACKET_PUBLISH, string_bytes(topic) + count, now_ms) &&
         send_string(mqtt, topic) && send_bytes(mqtt, payload, count);
}

bool fl_mqtt_tick(fl_mqtt *mqtt, uint32_t now_ms) {
  if (mqtt->connection != ONLINE) return true;
  if (mqtt->ping_waits) return now_ms - mqtt->ping_at_ms < FL_MQTT_PING_WAIT_MS;
  if (now_ms - mqtt->sent_at_ms < FL_MQTT_PING_AFTER_MS) return true;
  mqtt->ping_waits = true;
  mqtt->ping_at_ms = now_ms;
  return send_header(mqtt, PACKET_PINGREQ, 0, now_ms);
}

void fl_mqtt_disconnect(fl_mqtt *mqtt) {
  if (mqtt->connection == ONLINE) (void)send_header(mqtt, PACKET_DISCONNECT, 0, mqtt->sent_at_ms);
  forget_connection(mqtt);
}

/* ---- receiving ---- */

static fl_mqtt_event take_connack(fl_mqtt *mqtt) {
  if (mqtt->connection != CONNECTING || mqtt->expected != 2) return FL_MQTT_LOST;
  mqtt->refusal = mqtt->buffer[1];
  if (mqtt->refusal != 0) return FL_MQTT_LOST;
  mqtt->connection = ONLINE;
  return FL_MQTT_CONNECTED;
}

static fl_mqtt_event take_suback(fl_mqtt *mqtt) {
  const uint16_t id = (uint16_t)(mqtt->buffer[0] << 8 | mqtt->buffer[1]);
  if (mqtt->connection != ONLINE || mqtt->expected != 3 || id != mqtt->packet_id) return FL_MQTT_LOST;
  if (mqtt->buffer[2] == 0) return FL_MQTT_SUBSCRIBED;
  mqtt->refusal = mqtt->buffer[2];
  return FL_MQTT_LOST;
}

static uint32_t topic_bytes(const fl_mqtt *mqtt) { return (uint32_t)mqtt->buffer[0] << 8 | mqtt->buffer[1]; }

static fl_mqtt_event take_publish(fl_mqtt *mqtt) {
  if (mqtt->connection != ONLINE || mqtt->expected < 2) return FL_MQTT_LOST;
  if (mqtt->expected > FL_MQTT_RX_BYTES) {
    mqtt->skipped++;
    return FL_MQTT_NOTHING;
  }
  const uint32_t topic = topic_bytes(mqtt);
  return topic == 0 || topic > mqtt->expected - 2 ? FL_MQTT_LOST : FL_MQTT_MESSAGE;
}

static fl_mqtt_event take_pingresp(fl_mqtt *mqtt) {
  if (mqtt->connection != ONLINE || mqtt->expected != 0) return FL_MQTT_LOST;
  mqtt->ping_waits = false;
  return FL_MQTT_NOTHING;
}

static fl_mqtt_event take_packet(fl_mqtt *mqtt) {
  switch (mqtt->header) {
    case PACKET_CONNACK: return take_connack(mqtt);
    case PACKET_SUBACK: return take_suback(mqtt);
    case PACKET_PINGRESP: return take_pingresp(mqtt);
    case PACKET_PUBLISH:
    case PACKET_PUBLISH | 1: return take_publish(mqtt); /* retained or not: the same to us */
    default: return FL_MQTT_LOST; /* another type, or a quality of service that we did not subscribe with */
  }
}

static fl_mqtt_event end_of_packet(fl_mqtt *mqtt) {
  const fl_mqtt_event event = take_packet(mqtt);
  mqtt->parse = PARSE_HEADER;
  if (event == FL_MQTT_LOST) forget_connection(mqtt);
  return event;
}

/* 2.2.3: seven bits a byte, at most four bytes. */
static fl_mqtt_event take_length_byte(fl_mqtt *mqtt, uint8_t byte) {
  mqtt->expected |= (uint32_t)(byte & 0x7F) << mqtt->length_shift;
  mqtt->length_shift = (uint8_t)(mqtt->length_shift + 7);
  if (byte & 0x80) {
    if (mqtt->length_shift < 28) return FL_MQTT_NOTHING;
    forget_connection(mqtt);
    return FL_MQTT_LOST;
  }
  mqtt->received = 0;
  mqtt->parse = PARSE_BODY;
  return mqtt->expected == 0 ? end_of_packet(mqtt) : FL_MQTT_NOTHING;
}

static fl_mqtt_event take_byte(fl_mqtt *mqtt, uint8_t byte) {
  switch (mqtt->parse) {
    case PARSE_HEADER:
      mqtt->header = byte;
      mqtt->expected = 0;
      mqtt->length_shift = 0;
      mqtt->parse = PARSE_LENGTH;
      return FL_MQTT_NOTHING;
    case PARSE_LENGTH: return take_length_byte(mqtt, byte);
    default:
      if (mqtt->received < FL_MQTT_RX_BYTES) mqtt->buffer[mqtt->received] = byte;
      mqtt->received++;
      return mqtt->received == mqtt->expected ? end_of_packet(mqtt) : FL_MQTT_NOTHING;
  }
}

uint32_t fl_mqtt_receive(fl_mqtt *mqtt, const uint8_t *bytes, uint32_t count, fl_mqtt_event *event) {
  uint32_t taken = 0;
  *event = FL_MQTT_NOTHING;
  while (taken < count && *event == FL_MQTT_NOTHING && mqtt->connection != OFFLINE) {
    *event = take_byte(mqtt, bytes[taken++]);
  }
  mqtt->bytes_received += taken;
  /* What arrives on no connection is the tail of an old one. */
  return mqtt->connection == OFFLINE ? count : taken;
}

fl_mqtt_message fl_mqtt_last_message(const fl_mqtt *mqtt) {
  const uint32_t topic = topic_bytes(mqtt);
  const fl_mqtt_message message = {mqtt->buffer + 2, topic, mqtt->buffer + 2 + topic, mqtt->expected - 2 - topic};
  return message;
}
