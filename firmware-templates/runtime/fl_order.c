#include "fl_order.h"

#include "fl_step.h"

void fl_order_reset(uint16_t *order, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) order[i] = (uint16_t)i;
}

enum { NO_LABEL = 256 };

/* The least label of at least `least` that a sample has, or NO_LABEL. */
static uint32_t next_label(const fl_samples *samples, uint32_t count, uint32_t least) {
  uint32_t next = NO_LABEL;
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t label = fl_samples_label(samples, i);
    if (label >= least && label < next) next = label;
  }
  return next;
}

static uint32_t count_of(const fl_samples *samples, uint32_t count, uint32_t label) {
  uint32_t found = 0;
  for (uint32_t i = 0; i < count; i++) found += fl_samples_label(samples, i) == label;
  return found;
}

static uint32_t count_classes(const fl_samples *samples, uint32_t count) {
  uint32_t classes = 0;
  for (uint32_t label = next_label(samples, count, 0); label != NO_LABEL; label = next_label(samples, count, label + 1)) {
    classes++;
  }
  return classes;
}

/* The places of one class in a pass: `first`, and every `stride`th one after it. The class has had `turns` turns before. */
typedef struct {
  uint32_t first;
  uint32_t stride;
  uint32_t turns;
} class_places;

/* Its samples take their turns by the order in which they were captured: sample by sample, each at all of its places. */
static void deal(uint16_t *order, uint32_t count, const fl_samples *samples, uint32_t label, class_places places) {
  const uint32_t own = count_of(samples, count, label);
  uint32_t rank = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (fl_samples_label(samples, i) != label) continue;
    const uint32_t turn = (rank++ + own - places.turns % own) % own;
    for (uint32_t at = places.first + turn * places.stride; at < count; at += own * places.stride) order[at] = (uint16_t)i;
  }
}

void fl_order_balance(uint16_t *order, uint32_t count, const fl_samples *samples, uint32_t pass) {
  const uint32_t classes = count_classes(samples, count);
  const uint32_t begun = pass * count; /* turns of all classes */
  uint32_t label = 0;
  for (uint32_t class = 0; class < classes; class++, label++) {
    label = next_label(samples, count, label);
    const uint32_t first = (class + classes - begun % classes) % classes;
    deal(order, count, samples, label, (class_places){first, classes, (begun + first) / classes});
  }
}

void fl_order_shuffle(uint16_t *order, uint32_t count, uint32_t seed, uint32_t pass) {
  const uint32_t key = fl_hash(seed + 0x5851F42Du);
  for (uint32_t i = count; i-- > 1;) {
    const uint32_t draw = fl_hash(key ^ (pass * 0x10001u + i * 0x9E3779B9u));
    const uint32_t j = (uint32_t)(((uint64_t)draw * (i + 1)) >> 32);
    const uint16_t held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
}
