/* A device that captures items: they are there for the next session, and never taken from under one. */
#include "check.h"
#include "fake_server.h"
#include "fl_sha256.h"
#include "test_hal.h"

enum { LOGGED_ADAPT = 8, LOGGED_TEST = 4 }; /* of fake_factory */

static fl_device device;

static fl_capture_answer capture(uint32_t label, fl_capture_use use) {
  int8_t features[FL_MODEL_INPUT_BYTES];
  for (uint32_t i = 0; i < sizeof features; i++) features[i] = (int8_t)(label * 10 + i);
  const fl_captured_item item = {features, label, use};
  return fl_device_capture(&device, &item);
}

/* As a job of the server makes it. */
static void start_work(uint32_t execution) {
  static const fl_learning_rates rates = {0};
  fl_job job = {.execution = execution, .attempt = 1, .kind = FL_JOB_TRAIN, .passes = 1, .segment_count = 1};
  job.layout = FL_MODEL_LAYOUT;
  job.scheme = FL_MODEL_SCHEME;
  job.size_bytes = FL_MODEL_PARAMETER_BYTES;
  job.chunk_bytes = FL_CHUNK_BYTES;
  job.segments[0] = rates;
  CHECK(fl_work_start(&device.work, &device.station, &job));
  device.state = FL_DEVICE_WORKING;
}

static void restart(void) { fl_device_start(&device, 0); }

static void items_are_there_for_the_next_session(void) {
  fake_factory();
  restart();
  CHECK(capture(2, FL_CAPTURE_LEARN) == FL_CAPTURED && capture(1, FL_CAPTURE_TEST) == FL_CAPTURED);
  restart();
  CHECK(capture(0, FL_CAPTURE_LEARN) == FL_CAPTURED);
  start_work(1);
  const fl_samples *samples = &device.work.samples;
  CHECK(samples->adapt_count == LOGGED_ADAPT + 2 && samples->test_count == LOGGED_TEST + 1);
  CHECK(fl_samples_label(samples, LOGGED_ADAPT) == 2 && fl_samples_label(samples, LOGGED_ADAPT + 1) == 0);
  CHECK(fl_samples_features(samples, samples->adapt_count + LOGGED_TEST)[3] == 13);
  CHECK(fl_samples_label(samples, 0) == 0 && fl_samples_label(samples, samples->adapt_count) == LOGGED_ADAPT % 3);
}

static void no_item_is_taken_from_under_a_session(void) {
  fake_factory();
  restart();
  uint32_t stored = 0;
  start_work(1);
  while (capture(stored % 3, FL_CAPTURE_LEARN) == FL_CAPTURED) CHECK(++stored < 1000);
  CHECK(stored > 0 && capture(0, FL_CAPTURE_LEARN) == FL_CAPTURE_NOT_NOW);
  CHECK(device.work.samples.adapt_count == LOGGED_ADAPT);
  device.state = FL_DEVICE_IDLE;
  CHECK(capture(1, FL_CAPTURE_LEARN) == FL_CAPTURED);
  start_work(2);
  CHECK(device.work.samples.adapt_count < LOGGED_ADAPT + stored + 1 && device.work.samples.adapt_count > LOGGED_ADAPT);
}

static void what_cannot_be_kept_is_told(void) {
  fake_factory();
  restart();
  CHECK(capture(FL_MODEL_CLASSES, FL_CAPTURE_LEARN) == FL_CAPTURE_BAD_LABEL);
  hal.cut_at_operation = 1;
  CHECK(capture(0, FL_CAPTURE_LEARN) == FL_CAPTURE_FLASH_FAILED);
  test_hal_reset();
  restart();
  CHECK(capture(0, FL_CAPTURE_LEARN) == FL_CAPTURE_NO_PLACE);
}

int main(void) {
  items_are_there_for_the_next_session();
  no_item_is_taken_from_under_a_session();
  what_cannot_be_kept_is_told();
  return 0;
}
