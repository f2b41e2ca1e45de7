/*
 * One training session: evaluate on the test items, measure the loss before the first step, make the passes over the
 * items to learn from, evaluate again. Every number it makes is replayable from (parameters, plan, items): NUMERICS N9
 * (order), N10 (rates), N11 (guard). It works in slices of one item, so that the network is served in between.
 *
 * RAM: sizeof(fl_session), about 1.5 KB, and the arena, both owned by the caller.
 */
#ifndef FL_SESSION_H
#define FL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_messages.h"
#include "fl_model.h"
#include "fl_samples.h"

enum {
  FL_SESSION_ITEMS_MAX = 512, /* items to learn from; a longer log is used as far as this */
  FL_SESSION_RESTARTS_MAX = 2 /* by the guard, each at a quarter of the rates before */
};

typedef enum {
  FL_SESSION_BEFORE = 0, /* evaluating on the test items */
  FL_SESSION_BASE,       /* loss of the items to learn from, before the first step */
  FL_SESSION_TRAINING,
  FL_SESSION_AFTER, /* evaluating again */
  FL_SESSION_DONE,
  FL_SESSION_DIVERGED /* the guard gave up: the variables are worth nothing */
} fl_session_state;

/* Of some items: losses are summed as N11 says, in 1/4096 bit, each at most 16 bit. */
typedef struct {
  uint32_t items;
  uint32_t right;
  uint32_t loss_sum;
} fl_tally;

typedef struct {
  const fl_job *job;
  const fl_samples *samples;
  const uint8_t *parameters;
  uint8_t *arena;
  fl_session_state state;
  uint32_t index; /* of the item, in this state */
  uint32_t items; /* to learn from */
  uint32_t pass;
  uint32_t step;
  uint32_t restarts;
  fl_tally now; /* of this state, or of this pass */
  fl_tally before;
  fl_tally after;
  uint32_t base_sum;
  uint32_t passes_made;
  uint32_t pass_losses[FL_MAX_PASSES]; /* mean of each pass made, 1/65536 bit */
  uint16_t order[FL_SESSION_ITEMS_MAX];
} fl_session;

/*
 * Paints the arena, loads the variables. There is a test item, and one to learn from if training.
 * The job says the kind (train, evaluate), seed, passes and rates. What is pointed to stays in use until the session is over.
 */
void fl_session_start(fl_session *session, const fl_job *job, const fl_samples *samples,
                      const uint8_t *parameters, uint8_t *arena);

/* Works on one item. False: there was none, the session is over (state DONE or DIVERGED). */
bool fl_session_step(fl_session *session);

/* Items of this state or pass. */
uint32_t fl_session_total(const fl_session *session);

/* Mean loss, 1/65536 bit; 0 of nothing. */
uint32_t fl_tally_mean(uint32_t loss_sum, uint32_t items);

#endif
