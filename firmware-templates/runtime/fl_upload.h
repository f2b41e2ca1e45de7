/*
 * Tells what the session did and sends the delta (PROTOCOL.md, "Uploading"): result -> ack -> delta pieces -> ack ...
 * until the server says that all is stored, or that it does not want it. A failure or an evaluation has no delta.
 *
 * The encoded delta is nowhere kept: it is made again from the trained variables whenever a piece is sent.
 *
 * RAM: sizeof(fl_upload), about 0.6 KB.
 */
#ifndef FL_UPLOAD_H
#define FL_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_delta_coding.h"
#include "fl_messages.h"
#include "fl_retry.h"
#include "fl_sha256.h"
#include "fl_station.h"

typedef struct {
  fl_result result;
  const uint8_t *arena;
  const uint8_t *parameters;
  bool answered; /* the server has judged the result */
  bool over;
  uint8_t stage; /* of making the delta */
  uint32_t have; /* bytes of the delta that the server has */
  uint32_t sent; /* bytes that were sent */
  fl_retry retry;
  union {
    fl_sha256 hash;
    fl_delta_coder coder;
  } delta;
} fl_upload;

/*
 * arena, parameters: for the delta of a trained result. They, and its pass losses, stay in use until the upload is over.
 */
void fl_upload_start(fl_upload *upload, const fl_result *result, const uint8_t *arena, const uint8_t *parameters);

/*
 * A slice of what must be known of the delta before anything is sent, its digest and size: the whole of it takes seconds. True: all
 * is known, and the first poll begins the upload; what was measured may still be written to upload->result.
 */
bool fl_upload_prepare(fl_upload *upload);

/* Sends what may be sent. False: nothing to do until an answer or a timer. */
bool fl_upload_poll(fl_upload *upload, fl_station *station);

void fl_upload_take_ack(fl_upload *upload, fl_station *station, const fl_ack *message);

#endif
