#include "fl_device.h"

#include <stddef.h>

#include "fl_boots.h"
#include "fl_bytes.h"
#include "fl_hal.h"

enum { REFUSED_WAIT_MS = 3600 * 1000, UNABLE_WAIT_MS = 60 * 1000 };

static void log_number(const char *words, uint32_t number) {
  char line[48] = "";
  fl_text_append(line, sizeof line, words);
  fl_text_append_number(line, sizeof line, number);
  fl_hal_log(line);
}

/* ---- hello, and waiting for the next one ---- */

static void send_hello(fl_device *device) {
  fl_station *station = &device->station;
  fl_hello hello;
  fl_work_describe(station, &hello);
  const int32_t length = fl_hello_encode(&hello, station->link.payload, FL_LINK_PAYLOAD_BYTES);
  fl_station_publish(station, "up/hello", length);
}

static void say_hello(fl_device *device) {
  device->asking = true;
  fl_retry_start(&device->hello, &device->station.random, device->station.now_ms);
  send_hello(device);
}

/* Up to an eighth longer than told, so that a fleet told at once does not come back at once. */
static void wait(fl_device *device, uint32_t wait_ms) {
  device->asking = false;
  device->wait_since_ms = device->station.now_ms;
  device->wait_ms = wait_ms + fl_random_next(&device->station.random) % (wait_ms / 8 + 1);
}

static void poll_hello(fl_device *device) {
  fl_station *station = &device->station;
  if (!fl_link_is_up(&station->link)) return;
  if (device->asking) {
    if (fl_retry_due(&device->hello, &station->random, station->now_ms)) send_hello(device);
  } else if (device->state != FL_DEVICE_WORKING && station->now_ms - device->wait_since_ms >= device->wait_ms) {
    say_hello(device);
  }
}

/* ---- who it is ---- */

static void become_member(fl_device *device) {
  const fl_identity *identity = fl_identity_read();
  const fl_mqtt_login login = {identity->device, identity->device, identity->secret};
  char topic[FL_LINK_TOPIC_BYTES] = "fl/1/";
  fl_text_append(topic, sizeof topic, identity->fleet);
  fl_text_append(topic, sizeof topic, "/");
  fl_text_append(topic, sizeof topic, identity->device);
  fl_text_append(topic, sizeof topic, "/");
  fl_hal_log(topic);
  device->state = FL_DEVICE_IDLE;
  fl_link_become(&device->station.link, &login, topic, "dn/+");
}

void fl_device_start(fl_device *device, uint32_t now_ms) {
  fl_zero(device, sizeof *device);
  fl_station *station = &device->station;
  fl_link_init(&station->link);
  station->now_ms = now_ms;
  station->provisioning = fl_provisioning_read();
  if (station->provisioning == NULL) {
    fl_hal_log("not provisioned");
    return;
  }
  station->boots = fl_boots_count();
  station->slots.slot_bytes = station->provisioning->slot_bytes;
  fl_random_seed(&station->random, station->provisioning->uid, station->boots);
  log_number("start ", station->boots);
  const fl_identity *identity = fl_identity_read();
  if (identity != NULL && identity->enrolled == 1) {
    become_member(device);
  } else if (fl_enrolment_start(&device->enrolment, station)) {
    device->state = FL_DEVICE_ENROLLING;
  }
}

/* ---- jobs ---- */

static void start_work(fl_device *device, const fl_job *job) {
  device->asking = false;
  if (device->state == FL_DEVICE_WORKING && fl_work_is(&device->work, job->execution, job->attempt)) return;
  log_number("execution ", job->execution);
  if (fl_work_start(&device->work, &device->station, job)) {
    device->state = FL_DEVICE_WORKING;
  } else {
    device->state = FL_DEVICE_IDLE;
    wait(device, UNABLE_WAIT_MS);
  }
}

/* Whatever was worked on is no longer wanted. */
static void rest(fl_device *device, fl_device_state state, uint32_t wait_ms) {
  device->state = state;
  wait(device, wait_ms);
}

static void take_job(fl_device *device) {
  fl_job job;
  const fl_mqtt_message message = fl_mqtt_last_message(&device->station.link.mqtt);
  if (fl_job_decode(message.payload, message.payload_bytes, &job) != FL_OK) return;
  switch (job.kind) {
    case FL_JOB_TRAIN:
    case FL_JOB_EVALUATE: start_work(device, &job); break;
    case FL_JOB_REFUSED:
      fl_hal_log("refused");
      rest(device, FL_DEVICE_REFUSED, REFUSED_WAIT_MS);
      break;
    case FL_JOB_INSTALL:
      fl_hal_log("install");
      rest(device, FL_DEVICE_IDLE, job.wait_ms);
      break;
    default: rest(device, FL_DEVICE_IDLE, job.wait_ms); break;
  }
}

/* ---- one slice ---- */

static void take_message(fl_device *device) {
  if (device->state == FL_DEVICE_ENROLLING) {
    if (fl_enrolment_take(&device->enrolment, &device->station)) become_member(device);
  } else if (fl_link_topic_ends(&device->station.link, "/job")) {
    take_job(device);
  } else if (device->state == FL_DEVICE_WORKING) {
    fl_work_take(&device->work, &device->station);
  }
}

static void come_up(fl_device *device) {
  if (device->state == FL_DEVICE_ENROLLING) {
    fl_enrolment_ask(&device->enrolment, &device->station);
    return;
  }
  say_hello(device);
  if (device->state == FL_DEVICE_WORKING) fl_work_hurry(&device->work);
}

static bool poll_link(fl_device *device) {
  switch (fl_link_poll(&device->station.link, &device->station.random, device->station.now_ms)) {
    case FL_LINK_UP: come_up(device); return true;
    case FL_LINK_MESSAGE: take_message(device); return true;
    case FL_LINK_DOWN: fl_hal_log("connection lost"); return true;
    case FL_LINK_NOTHING: break;
  }
  return false;
}

static bool poll_work(fl_device *device) {
  const fl_work_answer answer = fl_work_poll(&device->work, &device->station);
  if (answer == FL_WORK_OVER) {
    device->state = FL_DEVICE_IDLE;
    say_hello(device);
  }
  return answer != FL_WORK_WAITS;
}

bool fl_device_poll(fl_device *device, uint32_t now_ms) {
  device->station.now_ms = now_ms;
  if (device->state == FL_DEVICE_DEAD) return false;
  const bool heard = poll_link(device);
  if (device->state == FL_DEVICE_ENROLLING) {
    fl_enrolment_poll(&device->enrolment, &device->station);
    return heard;
  }
  poll_hello(device);
  const bool worked = device->state == FL_DEVICE_WORKING && poll_work(device);
  return heard || worked;
}

fl_capture_answer fl_device_capture(fl_device *device, const fl_captured_item *item) {
  if (device->station.provisioning == NULL) return FL_CAPTURE_NO_PLACE;
  return fl_work_capture(&device->work, &device->station, item, device->state == FL_DEVICE_WORKING);
}
