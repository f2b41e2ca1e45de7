/*
 * Who the device is in the fleet. Before the first enrolment request only the nonce is set, so that a request repeated
 * after a power cut is the same request (PROTOCOL.md, "enrol"). Layout: FORMATS.md, "Identity".
 */
#ifndef FL_IDENTITY_H
#define FL_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_codes.h"

typedef struct {
  uint8_t nonce[FL_NONCE_BYTES];
  uint32_t enrolled; /* 0 or 1 */
  char device[FL_MAX_ID_BYTES + 4]; /* texts end with 0; empty until enrolled */
  char fleet[FL_MAX_ID_BYTES + 4];
  char secret[FL_SECRET_CHARS + 4];
} fl_identity;

/* Null: there is none yet. Read where it lies: valid until fl_identity_write. */
const fl_identity *fl_identity_read(void);
bool fl_identity_write(const fl_identity *identity);

#endif
