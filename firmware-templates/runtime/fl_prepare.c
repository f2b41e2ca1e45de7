#include "fl_prepare.h"

#include "fl_paint.h"
#include "fl_parameters.h"
#include "fl_sha256.h"

#if FL_MODEL_PREFIX

/* A later version of the model whose first layers are the same has the same features. */
static fl_features_base base_of(const uint8_t *parameters) {
  fl_features_base base = {.layout = FL_MODEL_LAYOUT, .prefix = FL_MODEL_PREFIX};
  fl_sha256 hash;
  fl_sha256_begin(&hash);
  fl_sha256_add(&hash, parameters + FL_PARAMETERS_HEAD, FL_MODEL_PREFIX_PARAMETERS - FL_PARAMETERS_HEAD);
  fl_sha256_end(&hash, base.digest);
  return base;
}

bool fl_prepare_open(fl_prepare *prepare, const fl_samples *items) {
  prepare->items = items;
  prepare->made = 0;
  prepare->arena_peak = 0;
  return fl_features_open(&prepare->features, items, FL_MODEL_INPUT_BYTES);
}

fl_prepare_answer fl_prepare_begin(fl_prepare *prepare, const uint8_t *parameters, uint8_t *arena) {
  prepare->base = base_of(parameters);
  prepare->parameters = parameters;
  prepare->arena = arena;
  if (fl_features_are_of(&prepare->features, &prepare->base)) return FL_PREPARE_DONE;
  fl_paint(arena, FL_MODEL_ARENA_BYTES);
  return fl_features_begin(&prepare->features) ? FL_PREPARE_MORE : FL_PREPARE_FAILED;
}

static bool make(const fl_prepare *prepare, uint32_t item) {
  fl_prefix_forward(prepare->arena, prepare->parameters, fl_samples_features(prepare->items, item));
  return fl_features_put(&prepare->features, item, prepare->arena + FL_MODEL_FEATURES_OFFSET);
}

static bool finish(fl_prepare *prepare) {
  prepare->arena_peak = fl_paint_high_water(prepare->arena, FL_MODEL_ARENA_BYTES);
  return fl_features_commit(&prepare->features, &prepare->base);
}

fl_prepare_answer fl_prepare_step(fl_prepare *prepare) {
  const fl_samples *items = prepare->items;
  if (!make(prepare, prepare->made)) return FL_PREPARE_FAILED;
  if (++prepare->made < items->adapt_count + items->test_count) return FL_PREPARE_MORE;
  return finish(prepare) ? FL_PREPARE_DONE : FL_PREPARE_FAILED;
}

const fl_samples *fl_prepare_inputs(const fl_prepare *prepare) { return &prepare->features.rows; }

uint32_t fl_prepare_arena_peak(const fl_prepare *prepare) { return prepare->arena_peak; }

#else

bool fl_prepare_open(fl_prepare *prepare, const fl_samples *items) {
  prepare->items = items;
  return true;
}

fl_prepare_answer fl_prepare_begin(fl_prepare *prepare, const uint8_t *parameters, uint8_t *arena) {
  (void)prepare;
  (void)parameters;
  (void)arena;
  return FL_PREPARE_DONE;
}

fl_prepare_answer fl_prepare_step(fl_prepare *prepare) {
  (void)prepare;
  return FL_PREPARE_DONE;
}

const fl_samples *fl_prepare_inputs(const fl_prepare *prepare) { return prepare->items; }

uint32_t fl_prepare_arena_peak(const fl_prepare *prepare) {
  (void)prepare;
  return 0;
}

#endif
