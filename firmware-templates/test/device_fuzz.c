/*
 * Throws damaged, repeated and misplaced packets at a whole device, cuts its power at random, and then asks: is it still
 * able to do its work? Run under sanitizers. Arguments: rounds, seed.
 */
#include <string.h>

#include "check.h"
#include "fake_server.h"
#include "fl_hal.h"
#include "test_hal.h"

static fl_device device;
static fl_random dice;

static uint32_t below(uint32_t bound) { return fl_random_next(&dice) % bound; }

static void poll_for(uint32_t slices) {
  for (uint32_t i = 0; i < slices; i++) {
    (void)fl_device_poll(&device, hal.now_ms);
    hal.sent_bytes = 0;
  }
}

/* Like a UART: a few bytes at a time, and slices in between. */
static void deliver(const packets *from) {
  for (uint32_t at = 0; at < from->count;) {
    const uint32_t rest = from->count - at;
    const uint32_t count = rest < 200 ? rest : 200;
    test_hal_feed(from->bytes + at, count);
    at += count;
    poll_for(8);
  }
}

static void any_packet(packets *to) {
  const uint32_t execution = 1 + below(3);
  switch (below(9)) {
    case 0: fake_connack(to); break;
    case 1: fake_suback(to, &device); break;
    case 2: fake_enrol_answer(to); break;
    case 3: fake_job(to, execution, 1 + below(3)); break;
    case 4: fake_digests(to); break;
    case 5:
    case 6: fake_chunk(to, below(FAKE_CHUNKS)); break;
    case 7: fake_ack(to, execution, (int32_t)below(3) - 1, below(60)); break;
    default: to->bytes[to->count++] = (uint8_t)below(256); break;
  }
}

static void damage(packets *packet) {
  for (uint32_t flips = 1 + below(3); flips > 0; flips--) packet->bytes[below(packet->count)] = (uint8_t)below(256);
  if (below(4) == 0) packet->count = 1 + below(packet->count);
}

/* The power fails during one of the next flash operations, and comes back. */
static void cut_power(void) {
  if (hal.cut_at_operation == 0 && below(30) == 0) {
    hal.cut_at_operation = hal.flash_operations + 1 + below(6);
    hal.cut_after_bytes = below(FL_SECTOR_BYTES);
  } else if (hal.cut_at_operation != 0 && hal.flash_operations >= hal.cut_at_operation) {
    hal.cut_at_operation = 0;
    fl_device_start(&device, hal.now_ms);
  }
}

static void disturb(void) {
  static packets packet;
  cut_power();
  packet.count = 0;
  any_packet(&packet);
  if (below(2) == 0) damage(&packet);
  deliver(&packet);
  if (below(6) == 0) hal.now_ms += below(40000);
  if (below(20) == 0) hal.link_ready = !hal.link_ready;
  if (below(40) == 0) fl_device_start(&device, hal.now_ms);
}

/* ---- a patient, sane server ---- */

#define SAY(call)            \
  do {                       \
    static packets packet;   \
    packet.count = 0;        \
    call;                    \
    deliver(&packet);        \
  } while (0)

static void come_up(void) {
  for (uint32_t tries = 0; tries < 50 && !fl_link_is_up(&device.station.link); tries++) {
    hal.now_ms += 31000;
    poll_for(3);
    SAY(fake_connack(&packet));
    SAY(fake_suback(&packet, &device));
  }
  CHECK(fl_link_is_up(&device.station.link));
}

static void enrol(void) {
  if (device.state != FL_DEVICE_ENROLLING) return;
  come_up();
  SAY(fake_enrol_answer(&packet));
  CHECK(device.state == FL_DEVICE_IDLE);
}

static void do_work(uint32_t execution) {
  come_up();
  SAY(fake_job(&packet, execution, 2));
  CHECK(device.state == FL_DEVICE_WORKING && fl_work_is(&device.work, execution, 1));
  for (uint32_t round = 0; round < 3; round++) {
    SAY(fake_digests(&packet));
    poll_for(20);
    for (uint32_t chunk = 0; chunk < FAKE_CHUNKS; chunk++) SAY(fake_chunk(&packet, chunk));
    poll_for(20);
  }
  poll_for(200);
  SAY(fake_ack(&packet, execution, FL_OK, 0));
  poll_for(20);
  CHECK(device.work.part.upload.sent == device.work.part.upload.result.delta_bytes);
  SAY(fake_ack(&packet, execution, FL_STORED, 0));
  CHECK(device.state == FL_DEVICE_IDLE);
}

static void still_works(uint32_t execution) {
  uint8_t delta[FL_MODEL_DELTA_BYTES];
  static uint8_t first_delta[FL_MODEL_DELTA_BYTES];
  static bool has_first;
  hal.link_ready = true;
  hal.cut_at_operation = 0;
  fl_device_start(&device, hal.now_ms);
  enrol();
  do_work(execution);
  const uint8_t *parameters = device.work.parameters;
  fl_model_read_delta(fl_arena, parameters, 0, delta, sizeof delta);
  if (!has_first) memcpy(first_delta, delta, sizeof delta);
  has_first = true;
  CHECK(memcmp(first_delta, delta, sizeof delta) == 0);
}

int main(int count, char **arguments) {
  const uint32_t rounds = count > 1 ? (uint32_t)strtoul(arguments[1], NULL, 10) : 200;
  dice.key = count > 2 ? (uint32_t)strtoul(arguments[2], NULL, 10) : 1;
  fake_factory();
  fl_device_start(&device, 0);
  for (uint32_t round = 0; round < rounds; round++) {
    if (below(10) == 0) fake_factory();
    fl_device_start(&device, hal.now_ms);
    if (below(4) != 0) enrol();
    if (below(2) == 0) come_up();
    for (uint32_t i = below(60); i > 0; i--) disturb();
    still_works(1000 + round);
  }
  return 0;
}
