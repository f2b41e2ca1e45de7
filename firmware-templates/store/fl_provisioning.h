/*
 * What the factory wrote into this board: who it is, what it is made of, and the token that lets it enrol. The device
 * never writes it. Layout: FORMATS.md, "Provisioning". RAM: none, it is read where it lies.
 */
#ifndef FL_PROVISIONING_H
#define FL_PROVISIONING_H

#include <stdint.h>

#include "fl_codes.h"

enum { FL_ENTROPY_BYTES = 16, FL_TOKEN_ROOM = 132 };

typedef struct {
  uint8_t uid[FL_UID_BYTES];
  uint8_t entropy[FL_ENTROPY_BYTES]; /* secret random bytes of this board: a microcontroller has few of its own */
  uint32_t sram_bytes;  /* the budget that the server plans for */
  uint32_t flash_bytes; /* for programs and parameters, as told to the server */
  uint32_t slot_bytes;  /* of each of the two parameter slots; whole sectors */
  uint32_t capture_bytes; /* of the ring for items that the device captures; whole sectors; 0: it captures none */
  char board[FL_MAX_BOARD_BYTES + 4]; /* texts end with 0 */
  char core[FL_MAX_CORE_BYTES + 4];
  char label[FL_MAX_LABEL_BYTES + 4]; /* may be empty */
  char token[FL_TOKEN_ROOM];
} fl_provisioning;

/* Null: the board was never provisioned, or its record is damaged or senseless. */
const fl_provisioning *fl_provisioning_read(void);

#endif
