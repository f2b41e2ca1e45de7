/*
 * One training session: evaluate on the test items, measure the loss before the first step, make the passes over the
 * items to learn from, look whether it helped, evaluate again. Every number it makes is replayable from (parameters, plan,
 * items): NUMERICS N9 (order), N10 (rates), N11 (guard, early end and check), N13 (telemetry). It works in slices of one item, so that the network is
 * served in between. libs/model/session is the same in TypeScript.
 *
 * RAM: sizeof(fl_session), about 0.2 KB, fl_session_memory (2 bytes an item to learn from, 4 a pass) and the arena, all
 * owned by the caller.
 */
#ifndef FL_SESSION_H
#define FL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_messages.h"
#include "fl_model.h"
#include "fl_samples.h"

enum { FL_SESSION_RESTARTS_MAX = 2 /* by the guard, each at a quarter of the rates before */ };

typedef enum {
  FL_SESSION_BEFORE = 0, /* evaluating on the test items */
  FL_SESSION_BASE,       /* loss of the items to learn from, before the first step */
  FL_SESSION_TRAINING,
  FL_SESSION_CURVE, /* evaluating on the test items after a pass, where the plan asks for it */
  FL_SESSION_CHECK, /* loss of the items to learn from, after the last step */
  FL_SESSION_AFTER, /* evaluating again, where the last pass did not */
  FL_SESSION_DONE,
  FL_SESSION_DIVERGED /* the guard gave up or it did not help: the variables are the start values again */
} fl_session_state;

/* N11: when a session may end before its last pass; of all zeros it never does. Losses are means, 1/65536 bit. */
typedef struct {
  uint32_t below_loss; /* after a pass with a smaller loss */
  uint32_t patience;   /* after so many passes in a row without progress; 0: never */
  uint32_t least_fall; /* progress: a loss at least so much smaller than the smallest before */
} fl_stop_rule;

/* What a session is to do. What is pointed to stays in use until it is over. */
typedef struct {
  bool trains;           /* false: evaluates, and is over */
  bool tests_every_pass; /* devices don't: it takes time, and changes nothing */
  uint32_t seed;
  uint32_t passes;                   /* at least 1 where it trains */
  const fl_learning_rates *segments; /* first steps ascend from 0 */
  uint32_t segment_count;
  uint32_t order; /* FL_ORDER_... */
  fl_stop_rule stop;
} fl_session_plan;

/* Lent until the session is over. */
typedef struct {
  uint16_t *order;
  uint32_t most_items;   /* that `order` has room for; items to learn from beyond these are not used */
  uint32_t *pass_losses; /* mean of each pass made, 1/65536 bit: room for all passes of the plan */
} fl_session_memory;

/* Of some items: losses are summed as N11 says, in 1/4096 bit, each at most 16 bit. */
typedef struct {
  uint32_t items;
  uint32_t right; /* 0 where the model tells no classes apart */
  uint32_t loss_sum;
} fl_tally;

typedef struct {
  fl_session_plan plan;
  fl_session_memory memory;
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
  fl_tally base;
  fl_tally learned; /* of the last complete pass: each item as it was before its step */
  fl_tally tested;  /* after it, where the plan asks for it */
  fl_tally check;
  fl_tally after; /* the same as before where the old values stay */
  uint32_t passes_made;
  uint32_t least_loss;    /* mean of a pass of this attempt, or before it */
  uint32_t waited;        /* passes without progress */
  uint32_t end;           /* FL_END_...: why no further pass was made */
  fl_saturated saturated; /* after the last step, before old values were restored */
} fl_session;

/* Paints the arena, loads the variables. There is a test item, and one to learn from if training. */
void fl_session_start(fl_session *session, const fl_session_plan *plan, const fl_session_memory *memory,
                      const fl_samples *samples, const uint8_t *parameters, uint8_t *arena);

/* Works on one item. False: there was none, the session is over (state DONE or DIVERGED). */
bool fl_session_step(fl_session *session);

/* Items of this state or pass. */
uint32_t fl_session_total(const fl_session *session);

/* Forward, loss and backward of one item: what one step costs is counted here. Part of fl_session_step. */
void fl_session_learn(fl_session *session, uint32_t item);

/* Mean loss, 1/65536 bit; 0 of nothing. */
uint32_t fl_tally_mean(uint32_t loss_sum, uint32_t items);

#endif
