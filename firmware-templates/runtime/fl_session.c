#include "fl_session.h"

#include "fl_bytes.h"
#include "fl_guard.h"
#include "fl_order.h"
#include "fl_paint.h"

/* A quarter of the rate for every restart (N11): two less in the exponent. */
static fl_rate slowed(fl_learning_rate rate, uint32_t restarts) {
  const int32_t exponent = rate.exponent - 2 * (int32_t)restarts;
  const fl_rate slower = {rate.mantissa, (int8_t)(exponent < INT8_MIN ? INT8_MIN : exponent)};
  return slower;
}

/* N10: the last segment that has begun. */
static fl_step step_of(const fl_session *session) {
  const fl_session_plan *plan = &session->plan;
  uint32_t at = 0;
  while (at + 1 < plan->segment_count && plan->segments[at + 1].first_step <= session->step) at++;
  const fl_learning_rates *rates = &plan->segments[at];
  const fl_step step = {plan->seed, session->step, slowed(rates->weights, session->restarts),
                        slowed(rates->bias, session->restarts), slowed(rates->head, session->restarts)};
  return step;
}

/* Forward and loss of one item, counted; the error is then ready for the backward. */
static void look_at(fl_session *session, uint32_t item) {
  const uint32_t label = fl_samples_label(session->samples, item);
  fl_model_forward(session->arena, session->parameters, fl_samples_features(session->samples, item));
  session->now.items++;
  if (FL_MODEL_CLASSES > 1 && fl_model_predict(session->arena) == label) session->now.right++;
  session->now.loss_sum += fl_guard_summand(fl_model_loss(session->arena, label));
}

/* Never a part of its caller: tools count the instructions between its call and its return. */
__attribute__((noinline)) void fl_session_learn(fl_session *session, uint32_t item) {
  const fl_step step = step_of(session);
  look_at(session, item);
  fl_model_backward(session->arena, session->parameters, fl_samples_features(session->samples, item), &step);
}

static void enter(fl_session *session, fl_session_state state) {
  session->state = state;
  session->index = 0;
  fl_zero(&session->now, sizeof session->now);
}

/* A model without classes has nothing to balance. */
static bool is_balanced(const fl_session *session) {
  return session->plan.order == FL_ORDER_BALANCED && FL_MODEL_CLASSES > 1;
}

/* The items of pass 0 before they are shuffled: the guard compares the losses of these. */
static void list_first_items(const fl_session *session) {
  if (is_balanced(session)) {
    fl_order_balance(session->memory.order, session->items, session->samples, 0);
  } else {
    fl_order_reset(session->memory.order, session->items);
  }
}

static void start_base(fl_session *session) {
  list_first_items(session);
  enter(session, FL_SESSION_BASE);
}

static void start_pass(fl_session *session, uint32_t pass) {
  session->pass = pass;
  enter(session, FL_SESSION_TRAINING);
  if (is_balanced(session)) fl_order_balance(session->memory.order, session->items, session->samples, pass);
  fl_order_shuffle(session->memory.order, session->items, session->plan.seed, pass);
}

static void start_training(fl_session *session) {
  session->step = 0;
  session->least_loss = fl_tally_mean(session->base.loss_sum, session->base.items);
  session->waited = 0;
  list_first_items(session);
  start_pass(session, 0);
}

static void start_check(fl_session *session) {
  session->saturated = fl_model_saturated(session->arena, session->parameters);
  list_first_items(session);
  enter(session, FL_SESSION_CHECK);
}

/* The old values stay, and with them the old answers. */
static void keep_old(fl_session *session) {
  fl_model_load(session->arena, session->parameters);
  session->after = session->before;
  enter(session, FL_SESSION_DIVERGED);
}

static void begin_again(fl_session *session) {
  if (session->restarts == FL_SESSION_RESTARTS_MAX) {
    session->end = FL_END_GUARD;
    session->saturated = fl_model_saturated(session->arena, session->parameters);
    keep_old(session);
    return;
  }
  session->restarts++;
  fl_model_load(session->arena, session->parameters);
  start_training(session);
}

/* N11: is this pass, of this mean loss, the last one? Notes why. */
static bool is_last(fl_session *session, uint32_t loss) {
  const fl_stop_rule *stop = &session->plan.stop;
  const bool is_progress = loss + stop->least_fall <= session->least_loss;
  session->waited = is_progress ? 0 : session->waited + 1;
  if (is_progress) session->least_loss = loss;
  session->end = loss < stop->below_loss                                  ? FL_END_LOW_LOSS
                 : stop->patience > 0 && session->waited == stop->patience ? FL_END_NO_PROGRESS
                                                                           : FL_END_PASSES;
  return session->end != FL_END_PASSES || session->pass + 1 == session->plan.passes;
}

static void go_on(fl_session *session) {
  const uint32_t sum = session->learned.loss_sum;
  if (fl_guard_trips(session->base.loss_sum, sum, session->pass, session->items, FL_MODEL_CLASSES)) {
    begin_again(session);
  } else if (is_last(session, session->memory.pass_losses[session->pass])) {
    start_check(session);
  } else {
    start_pass(session, session->pass + 1);
  }
}

static void end_pass(fl_session *session) {
  session->learned = session->now;
  session->memory.pass_losses[session->pass] = fl_tally_mean(session->now.loss_sum, session->items);
  session->passes_made = session->pass + 1;
  if (session->plan.tests_every_pass) {
    enter(session, FL_SESSION_CURVE);
  } else {
    go_on(session);
  }
}

static fl_guard_look looked(const fl_tally *tally) { return (fl_guard_look){tally->loss_sum, tally->right}; }

static void end_check(fl_session *session) {
  session->check = session->now;
  if (!fl_guard_helped(looked(&session->base), looked(&session->check), session->restarts)) {
    keep_old(session);
  } else if (session->plan.tests_every_pass) {
    session->after = session->tested;
    enter(session, FL_SESSION_DONE);
  } else {
    enter(session, FL_SESSION_AFTER);
  }
}

static void end_curve(fl_session *session) {
  session->tested = session->now;
  go_on(session);
}

/* The last item of this state was worked on. */
static void leave(fl_session *session) {
  switch (session->state) {
    case FL_SESSION_BEFORE:
      session->before = session->now;
      if (session->plan.trains) {
        start_base(session);
      } else {
        enter(session, FL_SESSION_DONE);
      }
      break;
    case FL_SESSION_BASE:
      session->base = session->now;
      start_training(session);
      break;
    case FL_SESSION_TRAINING: end_pass(session); break;
    case FL_SESSION_CURVE: end_curve(session); break;
    case FL_SESSION_CHECK: end_check(session); break;
    case FL_SESSION_AFTER:
      session->after = session->now;
      enter(session, FL_SESSION_DONE);
      break;
    case FL_SESSION_DONE:
    case FL_SESSION_DIVERGED: break;
  }
}

static bool is_on_test(fl_session_state state) {
  return state == FL_SESSION_BEFORE || state == FL_SESSION_CURVE || state == FL_SESSION_AFTER;
}

uint32_t fl_session_total(const fl_session *session) {
  return is_on_test(session->state) ? session->samples->test_count : session->items;
}

static void work(fl_session *session) {
  const uint32_t index = session->index++;
  if (is_on_test(session->state)) {
    look_at(session, session->samples->adapt_count + index);
  } else if (session->state == FL_SESSION_TRAINING) {
    fl_session_learn(session, session->memory.order[index]);
    session->step++;
  } else {
    look_at(session, session->memory.order[index]);
  }
}

static bool is_over(const fl_session *session) {
  return session->state == FL_SESSION_DONE || session->state == FL_SESSION_DIVERGED;
}

/* A state is left when the next item is asked for: until then its tally can be read. */
bool fl_session_step(fl_session *session) {
  if (is_over(session)) return false;
  if (session->index == fl_session_total(session)) leave(session);
  if (is_over(session)) return false;
  work(session);
  return true;
}

void fl_session_start(fl_session *session, const fl_session_plan *plan, const fl_session_memory *memory,
                      const fl_samples *samples, const uint8_t *parameters, uint8_t *arena) {
  fl_zero(session, sizeof *session);
  session->plan = *plan;
  session->memory = *memory;
  session->samples = samples;
  session->parameters = parameters;
  session->arena = arena;
  session->items = samples->adapt_count < memory->most_items ? samples->adapt_count : memory->most_items;
  fl_paint(arena, FL_MODEL_ARENA_BYTES);
  fl_model_load(arena, parameters);
  enter(session, FL_SESSION_BEFORE);
}

uint32_t fl_tally_mean(uint32_t loss_sum, uint32_t items) {
  if (items == 0) return 0;
  return loss_sum / items * 16 + loss_sum % items * 16 / items;
}
