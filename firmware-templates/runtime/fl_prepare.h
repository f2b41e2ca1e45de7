/*
 * What a session learns from: the items of the sample log or, where the model has a prefix, what that makes of them. Features are
 * made once of each item, a slice each, and kept in flash (fl_features.h) as long as program, items and the parameters that the prefix
 * reads are the same.
 *
 * RAM: sizeof(fl_prepare), 0.1 KB with a prefix, else one pointer; and the arena, before variables are loaded.
 */
#ifndef FL_PREPARE_H
#define FL_PREPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_features.h"
#include "fl_model.h"
#include "fl_samples.h"

typedef enum {
  FL_PREPARE_FAILED = -1, /* the flash did */
  FL_PREPARE_DONE = 0,    /* the session can begin */
  FL_PREPARE_MORE = 1
} fl_prepare_answer;

typedef struct {
  const fl_samples *items;
#if FL_MODEL_PREFIX
  fl_features features;
  fl_features_base base;
  const uint8_t *parameters;
  uint8_t *arena;
  uint32_t made; /* of so many items */
  uint32_t arena_peak;
#endif
} fl_prepare;

/* `items` stay in use. False: there is no room for what must be kept of them. */
bool fl_prepare_open(fl_prepare *prepare, const fl_samples *items);

/* The parameters are there. DONE: nothing need be made. */
fl_prepare_answer fl_prepare_begin(fl_prepare *prepare, const uint8_t *parameters, uint8_t *arena);

/* One item. */
fl_prepare_answer fl_prepare_step(fl_prepare *prepare);

/* What the session is given. */
const fl_samples *fl_prepare_inputs(const fl_prepare *prepare);

/* High water of the arena while features were made; 0 where none were. */
uint32_t fl_prepare_arena_peak(const fl_prepare *prepare);

#endif
