#include "test_hal.h"

#include <string.h>

#include "fl_hal.h"
#include "fl_nor.h"

test_hal hal;

void test_hal_reset(void) {
  memset(&hal, 0, sizeof hal);
  memset(hal.flash, 0xFF, sizeof hal.flash);
  hal.link_ready = true;
}

void test_hal_feed(const uint8_t *bytes, uint32_t count) {
  for (uint32_t i = 0; i < count && hal.received_end < TEST_NETWORK_BYTES; i++) {
    hal.received[hal.received_end++] = bytes[i];
  }
}

uint32_t fl_hal_now_ms(void) { return hal.now_ms; }

bool fl_hal_send(const uint8_t *bytes, uint32_t count) {
  for (uint32_t i = 0; i < count && hal.sent_bytes < TEST_NETWORK_BYTES; i++) hal.sent[hal.sent_bytes++] = bytes[i];
  return hal.link_ready;
}

uint32_t fl_hal_receive(uint8_t *bytes, uint32_t capacity) {
  uint32_t count = hal.received_end - hal.received_at;
  if (count > capacity) count = capacity;
  memcpy(bytes, hal.received + hal.received_at, count);
  hal.received_at += count;
  if (hal.received_at == hal.received_end) hal.received_at = hal.received_end = 0;
  return count;
}

bool fl_hal_link_ready(void) { return hal.link_ready; }

void fl_hal_link_reset(void) {
  hal.link_resets++;
  hal.received_at = hal.received_end = 0;
}

const uint8_t *fl_hal_flash(void) { return hal.flash; }
uint32_t fl_hal_flash_bytes(void) { return TEST_FLASH_BYTES; }

/* How many of `count` bytes this operation may still change. */
static uint32_t powered(uint32_t count) {
  hal.flash_operations++;
  if (hal.cut_at_operation == 0 || hal.flash_operations < hal.cut_at_operation) return count;
  if (hal.flash_operations > hal.cut_at_operation) return 0;
  return hal.cut_after_bytes < count ? hal.cut_after_bytes : count;
}

bool fl_hal_flash_erase(uint32_t offset) {
  const uint32_t effective = powered(FL_SECTOR_BYTES);
  if (effective == FL_SECTOR_BYTES) return fl_nor_erase(hal.flash, TEST_FLASH_BYTES, offset);
  memset(hal.flash + offset, 0xFF, effective);
  return false;
}

bool fl_hal_flash_program(uint32_t offset, const uint8_t *bytes, uint32_t count) {
  const uint32_t effective = powered(count);
  return fl_nor_program(hal.flash, TEST_FLASH_BYTES, offset, bytes, effective) && effective == count;
}

void fl_hal_idle(void) {}
uint32_t fl_hal_static_bytes(void) { return 0; }
uint32_t fl_hal_stack_peak_bytes(void) { return 0; }
void fl_hal_log(const char *text) { (void)text; }
