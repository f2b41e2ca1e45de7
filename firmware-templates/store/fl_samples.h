/*
 * The items that a device learns from and is tested on: those that the factory wrote (FORMATS.md, "Sample log"), and behind them
 * those that it captured (fl_capture.h), each kind in capture order.
 * RAM: sizeof(fl_samples); the items are read where they lie.
 */
#ifndef FL_SAMPLES_H
#define FL_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_capture.h"

typedef struct {
  const uint8_t *items; /* of the log: u32 label, s8 features */
  uint32_t stride;      /* bytes from item to item */
  uint32_t item_bytes;
  uint32_t adapt_count;
  uint32_t test_count;
  uint32_t classes;           /* every label is smaller */
  const fl_capture *captured; /* NULL: all items are in the log */
  uint32_t log_adapt_count;   /* of those, in the log; not read without captured ones */
  uint32_t log_test_count;
  uint32_t skipped; /* of the captured ones to learn from, the oldest */
} fl_samples;

/* Opens the log at `offset`. False: there is none, or it does not fit `item_bytes` and `classes`; the samples are then none. */
bool fl_samples_open(fl_samples *samples, uint32_t offset, uint32_t item_bytes, uint32_t classes);

/*
 * Adds what was captured, of the items to learn from the newest, so that there are at most `most_adapt` (a log that has more keeps
 * them). The ring stays in use, and drops nothing while the samples are.
 */
void fl_samples_add(fl_samples *samples, const fl_capture *captured, uint32_t most_adapt);

/* index: 0.. over the items to learn from, then the items to test on. 4-byte aligned: u8 label, u8[3], s8 features. */
const uint8_t *fl_samples_item(const fl_samples *samples, uint32_t index);
const int8_t *fl_samples_features(const fl_samples *samples, uint32_t index);
uint32_t fl_samples_label(const fl_samples *samples, uint32_t index);

#endif
