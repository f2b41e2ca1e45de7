/*
 * What the frozen prefix of a model makes of the items of the sample log, kept at the end of the flash, so that no pass has to make it
 * again. A header, erased first and written last, says of which parameters, prefix and items the features are; whatever else
 * lies there, be it that the power went meanwhile, is made anew. Layout: FORMATS.md, "Features".
 *
 * RAM: sizeof(fl_features); features are read where they lie.
 */
#ifndef FL_FEATURES_H
#define FL_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_codes.h"
#include "fl_samples.h"

typedef struct {
  const fl_samples *items;
  fl_samples rows; /* like the items, but each with its features */
  uint32_t offset; /* of the header */
} fl_features;

/* What features depend on beside the items. */
typedef struct {
  uint32_t layout;                 /* FL_MODEL_LAYOUT */
  uint32_t prefix;                 /* FL_MODEL_PREFIX */
  uint8_t digest[FL_DIGEST_BYTES]; /* of the parameters that the prefix reads */
} fl_features_base;

/* Finds the place for features of `item_bytes` each. False: there is no room for them behind the items. */
bool fl_features_open(fl_features *features, const fl_samples *items, uint32_t item_bytes);

/* Are all there, made of this base and of these items? */
bool fl_features_are_of(const fl_features *features, const fl_features_base *base);

/* Before the first is put: none are there any more. False: the flash failed, here and below. */
bool fl_features_begin(const fl_features *features);
/* In the order of the items, from 0 on. */
bool fl_features_put(const fl_features *features, uint32_t index, const uint8_t *bytes);
/* After the last. */
bool fl_features_commit(const fl_features *features, const fl_features_base *base);

#endif
