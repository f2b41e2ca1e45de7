/*
 * When to do again what was not answered: after at most 2 s, then twice as long each time up to 30 s, each time a
 * random part of it (full jitter, PROTOCOL.md rule 2), so that a fleet that lost its server does not come back in step.
 */
#ifndef FL_RETRY_H
#define FL_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_random.h"

enum { FL_RETRY_FIRST_MS = 2000, FL_RETRY_LONGEST_MS = 30000, FL_RETRY_SHORTEST_MS = 250 };

typedef struct {
  uint32_t started_ms;
  uint32_t wait_ms;
  uint32_t longest_ms; /* 0: the next wait is a first one */
} fl_retry;

/* The next wait is a first one, and is over at once. */
void fl_retry_reset(fl_retry *retry);

/* Begins the next, longer wait. */
void fl_retry_wait(fl_retry *retry, fl_random *random, uint32_t now_ms);

/* Begins a first wait: something was sent for the first time, or an answer came. */
void fl_retry_start(fl_retry *retry, fl_random *random, uint32_t now_ms);

bool fl_retry_is_over(const fl_retry *retry, uint32_t now_ms);

/* True once for each wait that is over; the next one has then begun: send again. */
bool fl_retry_due(fl_retry *retry, fl_random *random, uint32_t now_ms);

#endif
