/*
 * Becomes a member of the fleet: asks with the factory's token until the server answers (PROTOCOL.md, "enrol"). The
 * nonce is in flash before the first question, the answer is in flash before anything else happens, so that a power cut
 * at any moment leads to the same identity.
 *
 * RAM: sizeof(fl_enrolment).
 */
#ifndef FL_ENROLMENT_H
#define FL_ENROLMENT_H

#include <stdbool.h>

#include "fl_retry.h"
#include "fl_station.h"

enum { FL_ENROLMENT_AGAIN_MS = 60000 /* after a refusal: a person has to do something first */ };

typedef struct {
  char uid[2 * FL_UID_BYTES + 1]; /* hexadecimal */
  uint32_t pause_ms;              /* 0: waiting for an answer, else for this long after a refusal */
  uint32_t since_ms;
  fl_retry retry;
} fl_enrolment;

/* Connects as a board that enrols. False: the flash failed. */
bool fl_enrolment_start(fl_enrolment *enrolment, fl_station *station);

/* The link is up. */
void fl_enrolment_ask(fl_enrolment *enrolment, fl_station *station);

/* Asks again when it is time. */
void fl_enrolment_poll(fl_enrolment *enrolment, fl_station *station);

/* Takes the link's message. True: the device is enrolled and its identity is in flash. */
bool fl_enrolment_take(fl_enrolment *enrolment, fl_station *station);

#endif
