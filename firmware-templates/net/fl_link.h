/*
 * Keeps one MQTT session alive over a byte stream that breaks: connects, subscribes, notices the loss, backs off, and
 * begins again. Every state that waits has a timer. The application sees four things: up, down, a message, nothing.
 *
 * RAM: sizeof(fl_link), about 2.9 KB: the received message, the message being made, the topic. Flash: 0.7 KB.
 */
#ifndef FL_LINK_H
#define FL_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_mqtt.h"
#include "fl_retry.h"

enum {
  FL_LINK_PAYLOAD_BYTES = 1280, /* PROTOCOL.md rule 4 */
  FL_LINK_TOPIC_BYTES = 96,
  FL_LINK_ANSWER_MS = 5000, /* for CONNACK and SUBACK */
  FL_LINK_READ_BYTES = 64
};

typedef enum { FL_LINK_NOTHING = 0, FL_LINK_UP, FL_LINK_DOWN, FL_LINK_MESSAGE } fl_link_event;

typedef struct {
  fl_mqtt mqtt;
  fl_mqtt_login login;
  uint8_t payload[FL_LINK_PAYLOAD_BYTES]; /* write here, then fl_link_publish */
  char topic[FL_LINK_TOPIC_BYTES];        /* what every topic of this identity begins with, the rest as needed */
  uint32_t base_length;
  const char *subscription;
  uint8_t state;
  uint32_t since_ms;
  fl_retry backoff;
  uint8_t read[FL_LINK_READ_BYTES]; /* received, not parsed yet */
  uint32_t read_at;
  uint32_t read_end;
} fl_link;

void fl_link_init(fl_link *link);

/*
 * Becomes this identity, at once if the link is ready. topic_base: what the subscription and all publications begin
 * with; the other texts must stay where they are.
 */
void fl_link_become(fl_link *link, const fl_mqtt_login *login, const char *topic_base, const char *subscription);

/* Serves the connection: call often, until it answers FL_LINK_NOTHING. */
fl_link_event fl_link_poll(fl_link *link, fl_random *random, uint32_t now_ms);

bool fl_link_is_up(const fl_link *link);

/* Publishes the first `count` bytes of link->payload. If it fails, the next poll says so. */
void fl_link_publish(fl_link *link, const char *topic_rest, uint32_t count, uint32_t now_ms);

/* Whether the last message's topic ends like this. */
bool fl_link_topic_ends(const fl_link *link, const char *ending);

#endif
