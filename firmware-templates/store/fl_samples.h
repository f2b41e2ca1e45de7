/*
 * The items that the device has captured: those to learn from first, in capture order, then those to test on. Here they
 * are written by the factory (a device with a sensor would append). Layout: FORMATS.md, "Sample log".
 * RAM: sizeof(fl_samples); the items are read where they lie.
 */
#ifndef FL_SAMPLES_H
#define FL_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const uint8_t *items;
  uint32_t stride; /* bytes from item to item */
  uint32_t item_bytes;
  uint32_t adapt_count;
  uint32_t test_count;
  uint32_t classes; /* every label is smaller */
} fl_samples;

/* Opens the log at `offset`. False: there is none, or it does not fit `item_bytes` and `classes`. */
bool fl_samples_open(fl_samples *samples, uint32_t offset, uint32_t item_bytes, uint32_t classes);

/* index: 0.. over the items to learn from, then the items to test on. 4-byte aligned. */
const int8_t *fl_samples_features(const fl_samples *samples, uint32_t index);
uint32_t fl_samples_label(const fl_samples *samples, uint32_t index);

#endif
