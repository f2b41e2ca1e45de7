#include "fl_prepare.h"

#include "fl_paint.h"

#if FL_MODEL_PREFIX

static fl_features_base base_of(const fl_prepare *prepare) {
  return (fl_features_base){.prefix = FL_MODEL_PREFIX, .digest = prepare->means.digest};
}

bool fl_prepare_open(fl_prepare *prepare, const fl_samples *items) {
  prepare->items = items;
  prepare->made = 0;
  prepare->arena_peak = 0;
  return fl_features_open(&prepare->features, items, FL_MODEL_INPUT_BYTES);
}

fl_prepare_answer fl_prepare_begin(fl_prepare *prepare, const fl_prepare_means *means) {
  prepare->means = *means;
  const fl_features_base base = base_of(prepare);
  if (fl_features_are_of(&prepare->features, &base)) return FL_PREPARE_DONE;
  fl_paint(means->arena, FL_MODEL_ARENA_BYTES);
  return fl_features_begin(&prepare->features) ? FL_PREPARE_MORE : FL_PREPARE_FAILED;
}

static bool make(fl_prepare *prepare, uint32_t item) {
  const fl_prepare_means *means = &prepare->means;
  fl_prefix_forward(means->arena, means->parameters, fl_samples_features(prepare->items, item));
  return fl_features_put(&prepare->features, item, means->arena + FL_MODEL_FEATURES_OFFSET);
}

static bool finish(fl_prepare *prepare) {
  const fl_features_base base = base_of(prepare);
  prepare->arena_peak = fl_paint_high_water(prepare->means.arena, FL_MODEL_ARENA_BYTES);
  return fl_features_commit(&prepare->features, &base);
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

fl_prepare_answer fl_prepare_begin(fl_prepare *prepare, const fl_prepare_means *means) {
  (void)prepare;
  (void)means;
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
