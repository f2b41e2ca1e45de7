/*
 * The loss guard of NUMERICS N11: when a pass did so badly that the session must begin again with smaller rates, and
 * whether a session that came to its end helped.
 */
#ifndef FL_GUARD_H
#define FL_GUARD_H

#include <stdbool.h>
#include <stdint.h>

/* floor(65536 * log2(classes)), 1 <= classes <= 4096: the loss of one who knows nothing. */
uint32_t fl_guard_chance(uint32_t classes);

/* What a loss adds to a sum: in 1/4096 bit, at most 16 bit. */
uint32_t fl_guard_summand(int32_t loss);

/* Sums over the same `items`: before the first step, and of this pass. */
bool fl_guard_trips(uint32_t base_sum, uint32_t pass_sum, uint32_t pass, uint32_t items, uint32_t classes);

/* What a look at the items to learn from counted: losses, and right answers. */
typedef struct {
  uint32_t loss_sum;
  uint32_t right;
} fl_guard_look;

/*
 * From before the first step to after the last, did the loss fall, and, if training began again, are no fewer right? Else the
 * old values stay.
 */
bool fl_guard_helped(fl_guard_look base, fl_guard_look check, uint32_t restarts);

#endif
