/*
 * The device: everything between power-on and the network.
 *
 *   state        waits for                    until / timer
 *   ENROLLING    the answer to `enrol`        identity in flash / repeats, 2..30 s; after a refusal 30..90 s
 *   IDLE         a job                        job / `hello` repeats, 2..30 s; after a job "wait" or "install", its time
 *   WORKING      its own session, the server  execution over / fetch, result and delta repeat, 2..30 s
 *   REFUSED      a change of mind             job / `hello` after an hour
 *   DEAD         the factory                  never: no provisioning record, or the flash failed
 *
 * The connection underneath (fl_link) comes and goes by itself; each time that it comes, the device says hello.
 *
 * RAM: sizeof(fl_device), with a model about 5.4 KB, owned by the caller; and the arena.
 */
#ifndef FL_DEVICE_H
#define FL_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_enrolment.h"
#include "fl_identity.h"
#include "fl_station.h"
#include "fl_work.h"

typedef enum {
  FL_DEVICE_DEAD = 0,
  FL_DEVICE_ENROLLING,
  FL_DEVICE_IDLE,
  FL_DEVICE_WORKING,
  FL_DEVICE_REFUSED
} fl_device_state;

typedef struct {
  fl_station station;
  fl_device_state state;
  bool asking; /* `hello` is not answered yet */
  fl_retry hello;
  uint32_t wait_ms; /* not asking: say hello again after so long */
  uint32_t wait_since_ms;
  fl_enrolment enrolment;
  fl_work work;
} fl_device;

/* At power-on. */
void fl_device_start(fl_device *device, uint32_t now_ms);

/* Serves network, timers and work for one slice. True: there is more to do at once; false: sleep until an interrupt. */
bool fl_device_poll(fl_device *device, uint32_t now_ms);

/*
 * Here is a new sample with its label: kept in the flash, the newest of the capture ring, for the sessions to come. Called between
 * polls, by whatever reads the sensor. Takes as long as the flash does; now and then a sector is erased.
 */
fl_capture_answer fl_device_capture(fl_device *device, const fl_captured_item *item);

#endif
