#include "fl_link.h"

#include "fl_bytes.h"
#include "fl_hal.h"

enum { WAITING = 0, CONNECTING, SUBSCRIBING, UP, BROKEN };

void fl_link_init(fl_link *link) {
  fl_zero(link, sizeof *link);
  fl_mqtt_init(&link->mqtt);
}

static void enter(fl_link *link, uint8_t state, uint32_t now_ms) {
  link->state = state;
  link->since_ms = now_ms;
}

static const char *topic_with(fl_link *link, const char *rest) {
  link->topic[link->base_length] = 0;
  fl_text_append(link->topic, sizeof link->topic, rest);
  return link->topic;
}

/* A stream that broke is closed from our side too, so that a broker that still lives lets go of it. */
static void drop(fl_link *link) {
  fl_mqtt_disconnect(&link->mqtt);
  fl_hal_link_reset();
  link->read_at = 0;
  link->read_end = 0;
}

void fl_link_become(fl_link *link, const fl_mqtt_login *login, const char *topic_base, const char *subscription) {
  drop(link);
  link->login = *login;
  link->topic[0] = 0;
  fl_text_append(link->topic, sizeof link->topic, topic_base);
  link->base_length = fl_text_length(link->topic);
  link->subscription = subscription;
  fl_retry_reset(&link->backoff);
  enter(link, WAITING, 0);
}

static fl_link_event lose(fl_link *link, fl_random *random, uint32_t now_ms) {
  const bool was_up = link->state == UP || link->state == BROKEN;
  drop(link);
  fl_retry_wait(&link->backoff, random, now_ms);
  enter(link, WAITING, now_ms);
  return was_up ? FL_LINK_DOWN : FL_LINK_NOTHING;
}

static void connect(fl_link *link, uint32_t now_ms) {
  enter(link, fl_mqtt_connect(&link->mqtt, &link->login, now_ms) ? CONNECTING : BROKEN, now_ms);
}

static void subscribe(fl_link *link, uint32_t now_ms) {
  const char *filter = topic_with(link, link->subscription);
  enter(link, fl_mqtt_subscribe(&link->mqtt, filter, now_ms) ? SUBSCRIBING : BROKEN, now_ms);
}

/* Takes received bytes until the parser has something to say or there are no more. */
static fl_mqtt_event receive(fl_link *link) {
  fl_mqtt_event event = FL_MQTT_NOTHING;
  while (event == FL_MQTT_NOTHING) {
    if (link->read_at == link->read_end) {
      link->read_at = 0;
      link->read_end = fl_hal_receive(link->read, sizeof link->read);
      if (link->read_end == 0) break;
    }
    link->read_at += fl_mqtt_receive(&link->mqtt, link->read + link->read_at, link->read_end - link->read_at, &event);
  }
  return event;
}

static fl_link_event take(fl_link *link, fl_mqtt_event event, fl_random *random, uint32_t now_ms) {
  switch (event) {
    case FL_MQTT_CONNECTED: subscribe(link, now_ms); return FL_LINK_NOTHING;
    case FL_MQTT_SUBSCRIBED: enter(link, UP, now_ms); return FL_LINK_UP;
    case FL_MQTT_MESSAGE:
      /* Only now is it known that this identity is welcome: a server that lets in and throws out again is not hurried. */
      fl_retry_reset(&link->backoff);
      return FL_LINK_MESSAGE;
    case FL_MQTT_LOST: return lose(link, random, now_ms);
    case FL_MQTT_NOTHING: break;
  }
  return FL_LINK_NOTHING;
}

static fl_link_event poll_waiting(fl_link *link, uint32_t now_ms) {
  (void)receive(link); /* the tail of an old connection: the parser drops it */
  if (fl_retry_is_over(&link->backoff, now_ms) && fl_hal_link_ready()) connect(link, now_ms);
  return FL_LINK_NOTHING;
}

/* What has arrived is taken before patience ends: a long piece of work between two polls must not look like silence. */
fl_link_event fl_link_poll(fl_link *link, fl_random *random, uint32_t now_ms) {
  if (link->state == WAITING) return poll_waiting(link, now_ms);
  if (link->state == BROKEN || !fl_hal_link_ready()) return lose(link, random, now_ms);
  const fl_mqtt_event event = receive(link);
  if (event != FL_MQTT_NOTHING) return take(link, event, random, now_ms);
  const bool overdue = link->state != UP && now_ms - link->since_ms >= FL_LINK_ANSWER_MS;
  return overdue || !fl_mqtt_tick(&link->mqtt, now_ms) ? lose(link, random, now_ms) : FL_LINK_NOTHING;
}

bool fl_link_is_up(const fl_link *link) { return link->state == UP; }

void fl_link_publish(fl_link *link, const char *topic_rest, uint32_t count, uint32_t now_ms) {
  if (link->state != UP) return;
  const char *topic = topic_with(link, topic_rest);
  if (!fl_mqtt_publish(&link->mqtt, topic, link->payload, count, now_ms)) enter(link, BROKEN, now_ms);
}

bool fl_link_topic_ends(const fl_link *link, const char *ending) {
  const fl_mqtt_message message = fl_mqtt_last_message(&link->mqtt);
  const uint32_t length = fl_text_length(ending);
  return message.topic_bytes >= length && fl_equal(message.topic + message.topic_bytes - length, ending, length);
}
