/*
 * One execution of a job: fetch the parameters, prepare the items, run the session, report, upload the delta. A program without a model
 * (its model_config.h defines FL_NO_MODEL and nothing else) has the same functions and declines all work; see
 * work_without_model.c.
 *
 * RAM: sizeof(fl_work), with a model about 2.6 KB, of the caller; and the arena.
 */
#ifndef FL_WORK_H
#define FL_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_capture.h"
#include "fl_messages.h"
#include "fl_station.h"
#include "model_config.h"

typedef enum {
  FL_WORK_WAITS = 0, /* for a message or a timer */
  FL_WORK_BUSY,      /* poll again at once */
  FL_WORK_OVER
} fl_work_answer;

#ifdef FL_NO_MODEL

enum { FL_ARENA_BYTES = 0 };

typedef struct {
  bool unused;
} fl_work;

#else

#include "fl_download.h"
#include "fl_prepare.h"
#include "fl_samples.h"
#include "fl_session.h"
#include "fl_upload.h"

enum { FL_ARENA_BYTES = FL_MODEL_ARENA_BYTES };

/* An object of its own, and the only one of the runtime: the fit certificate looks for its name in the linked program. */
extern uint8_t fl_arena[FL_MODEL_ARENA_BYTES];

enum { FL_WORK_ITEMS_MAX = 512 /* items to learn from; a longer log is used as far as this, of captured ones the newest */ };

typedef struct {
  fl_job job;
  uint8_t state;
  uint32_t received_before; /* bytes over MQTT when the work began */
  uint32_t sent_before;
  uint32_t told_ms; /* last progress message, and of which phase */
  uint32_t told_phase;
  bool told_complete;
  const uint8_t *parameters;
  fl_capture captured;
  fl_samples samples;
  fl_prepare prepare;
  fl_session session;
  uint16_t order[FL_WORK_ITEMS_MAX];
  uint32_t pass_losses[FL_MAX_PASSES];
  union {
    fl_download download;
    fl_upload upload;
  } part;
} fl_work;

#endif

/* What became of an item that a device is to keep. */
typedef enum {
  FL_CAPTURED = 0,
  FL_CAPTURE_NO_PLACE,    /* the board has no ring for such items (provisioning), or no model */
  FL_CAPTURE_BAD_LABEL,   /* the model has no such label */
  FL_CAPTURE_NOT_NOW,     /* it would take the place of items that a session works on: after it */
  FL_CAPTURE_FLASH_FAILED
} fl_capture_answer;

/* Keeps an item for the sessions to come. is_working: between fl_work_start and the end of the work. */
fl_capture_answer fl_work_capture(fl_work *work, const fl_station *station, const fl_captured_item *item, bool is_working);

/* What the program was built for, and what it has. */
void fl_work_describe(const fl_station *station, fl_hello *hello);

/* Begins a job of kind train or evaluate, whatever was done before. False: this program can't work. */
bool fl_work_start(fl_work *work, fl_station *station, const fl_job *job);

/* Whether it works on this one. */
bool fl_work_is(const fl_work *work, uint32_t execution, uint32_t attempt);

/* One slice. */
fl_work_answer fl_work_poll(fl_work *work, fl_station *station);

/* The link has a message that is not a job. */
void fl_work_take(fl_work *work, fl_station *station);

/* The link is up again: what is unanswered is repeated at once. */
void fl_work_hurry(fl_work *work);

#endif
