/*
 * The device program as a WebAssembly module: one instance is one board. The host moves bytes between it and a socket,
 * keeps its flash, and polls it; everything else is the same code as on a microcontroller.
 *
 * The host
 *   1. puts the flash into the linear memory behind everything else (at __heap_base, on a page) and calls fl_start;
 *   2. calls fl_link_up when its socket is open or closed;
 *   3. writes received bytes to fl_receive_place, at most fl_receive_room of them, then calls fl_received;
 *   4. calls fl_poll again and again: at once if it answered 1, else when bytes came or after some 100 ms.
 *
 * Static data as this engine tells it: device state, arena and receive ring. The stack is WebAssembly's own and partly
 * outside the linear memory: it is not measured here, and told as 0.
 */
#include "fl_device.h"
#include "fl_hal.h"
#include "fl_nor.h"
#include "fl_ring.h"

#define FROM_HOST(name) __attribute__((import_module("host"), import_name(name)))
#define TO_HOST(name) __attribute__((export_name(name)))

FROM_HOST("send") int32_t host_send(const uint8_t *bytes, uint32_t count);
FROM_HOST("reset_link") void host_reset_link(void);
FROM_HOST("flash_changed") void host_flash_changed(uint32_t offset, uint32_t count);
FROM_HOST("log") void host_log(const char *text, uint32_t count);

enum { STAGING_BYTES = FL_RING_BYTES };

static fl_device device;
static fl_ring received;
static uint8_t staging[STAGING_BYTES]; /* the host's side of the UART: no part of the board's memory */
static uint8_t *flash;
static uint32_t flash_bytes;
static uint32_t now_ms;
static bool link_up;

TO_HOST("fl_start") void start(uint8_t *flash_at, uint32_t bytes, uint32_t now) {
  flash = flash_at;
  flash_bytes = bytes;
  now_ms = now;
  fl_device_start(&device, now);
}

TO_HOST("fl_link_up") void set_link(int32_t up) { link_up = up != 0; }

TO_HOST("fl_receive_place") uint8_t *receive_place(void) { return staging; }
TO_HOST("fl_receive_room") uint32_t receive_room(void) { return fl_ring_free(&received); }
TO_HOST("fl_received") void take_received(uint32_t count) {
  for (uint32_t i = 0; i < count && i < STAGING_BYTES && fl_ring_free(&received) > 0; i++) {
    fl_ring_put(&received, staging[i]);
  }
}

TO_HOST("fl_poll") int32_t poll(uint32_t now) {
  now_ms = now;
  return fl_device_poll(&device, now) ? 1 : 0;
}

/* A sensor of the board has a new item; its features lie in memory that the host has added. fl_capture_answer. */
TO_HOST("fl_capture") int32_t capture(const int8_t *features, uint32_t label, uint32_t use) {
  const fl_captured_item item = {features, label, use == 0 ? FL_CAPTURE_LEARN : FL_CAPTURE_TEST};
  return (int32_t)fl_device_capture(&device, &item);
}

uint32_t fl_hal_now_ms(void) { return now_ms; }
bool fl_hal_send(const uint8_t *bytes, uint32_t count) { return host_send(bytes, count) != 0; }
uint32_t fl_hal_receive(uint8_t *bytes, uint32_t capacity) { return fl_ring_take(&received, bytes, capacity); }
bool fl_hal_link_ready(void) { return link_up; }

void fl_hal_link_reset(void) {
  link_up = false;
  fl_ring_clear(&received);
  host_reset_link();
}

const uint8_t *fl_hal_flash(void) { return flash; }
uint32_t fl_hal_flash_bytes(void) { return flash_bytes; }

bool fl_hal_flash_erase(uint32_t offset) {
  const bool erased = fl_nor_erase(flash, flash_bytes, offset);
  if (erased) host_flash_changed(offset, FL_SECTOR_BYTES);
  return erased;
}

bool fl_hal_flash_program(uint32_t offset, const uint8_t *bytes, uint32_t count) {
  const bool programmed = fl_nor_program(flash, flash_bytes, offset, bytes, count);
  if (programmed) host_flash_changed(offset, count);
  return programmed;
}

void fl_hal_idle(void) {}
uint32_t fl_hal_static_bytes(void) { return sizeof device + sizeof received + FL_ARENA_BYTES; }
uint32_t fl_hal_stack_peak_bytes(void) { return 0; }

void fl_hal_log(const char *text) {
  uint32_t count = 0;
  while (text[count] != 0) count++;
  host_log(text, count);
}
