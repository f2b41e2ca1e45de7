/*
 * An MQTT 3.1.1 client for one connection: CONNECT with user and password, one SUBSCRIBE at a time, PUBLISH with QoS 0
 * both ways, PINGREQ, DISCONNECT. Everything above (repeating, resuming) is the application's, see PROTOCOL.md rule 2.
 *
 * The parser takes the stream byte by byte, trusts nothing in it, and keeps one message at a time. A message that
 * does not fit is skipped and counted. Whatever breaks the standard ends the connection (FL_MQTT_LOST).
 *
 * RAM: sizeof(fl_mqtt), about 1.4 KB, owned by the caller. Flash: 1.3 KB (Cortex-M4, -O2).
 */
#ifndef FL_MQTT_H
#define FL_MQTT_H

#include <stdbool.h>
#include <stdint.h>

enum {
  FL_MQTT_RX_BYTES = 1400, /* PROTOCOL.md rule 4: a payload has at most 1,280 bytes; the rest is for the topic */
  FL_MQTT_KEEP_ALIVE_S = 30,
  FL_MQTT_PING_AFTER_MS = 15000, /* of silence from our side: half the promise of the keep-alive */
  FL_MQTT_PING_WAIT_MS = 10000   /* no answer until then: the connection is dead, there is no other sign of it */
};

typedef enum {
  FL_MQTT_NOTHING = 0,
  FL_MQTT_CONNECTED,
  FL_MQTT_SUBSCRIBED,
  FL_MQTT_MESSAGE, /* fl_mqtt_message() is valid until the next call of fl_mqtt_receive */
  FL_MQTT_LOST     /* refused, malformed or silent; `refusal` has the CONNACK code if there was one */
} fl_mqtt_event;

typedef struct {
  const char *client;
  const char *user;
  const char *password;
} fl_mqtt_login;

typedef struct {
  const uint8_t *topic; /* not terminated */
  uint32_t topic_bytes;
  const uint8_t *payload;
  uint32_t payload_bytes;
} fl_mqtt_message;

typedef struct {
  uint8_t buffer[FL_MQTT_RX_BYTES];
  uint32_t received; /* bytes of the current packet after its fixed header */
  uint32_t expected; /* its remaining length */
  uint8_t header;    /* its first byte */
  uint8_t parse;     /* what the next byte is */
  uint8_t length_shift;
  uint8_t connection;
  uint8_t refusal;   /* last CONNACK return code, or 0x80 of a refused subscription */
  bool ping_waits;
  uint16_t packet_id;
  uint32_t sent_at_ms; /* last time that anything was sent */
  uint32_t ping_at_ms;
  /* Counted for ever (they wrap). */
  uint32_t bytes_received;
  uint32_t bytes_sent;
  uint32_t skipped; /* messages that were too long */
} fl_mqtt;

/* Before the first use. */
void fl_mqtt_init(fl_mqtt *mqtt);

/* Starts a connection on a fresh stream. False: the stream is broken. */
bool fl_mqtt_connect(fl_mqtt *mqtt, const fl_mqtt_login *login, uint32_t now_ms);

/* Takes bytes up to the first event; returns how many were taken. Call again with the rest. */
uint32_t fl_mqtt_receive(fl_mqtt *mqtt, const uint8_t *bytes, uint32_t count, fl_mqtt_event *event);

fl_mqtt_message fl_mqtt_last_message(const fl_mqtt *mqtt);

bool fl_mqtt_subscribe(fl_mqtt *mqtt, const char *filter, uint32_t now_ms);
bool fl_mqtt_publish(fl_mqtt *mqtt, const char *topic, const uint8_t *payload, uint32_t count, uint32_t now_ms);

/* Keeps the connection alive. False: it is dead. */
bool fl_mqtt_tick(fl_mqtt *mqtt, uint32_t now_ms);

/* Says good-bye if connected, and forgets the connection. */
void fl_mqtt_disconnect(fl_mqtt *mqtt);

#endif
