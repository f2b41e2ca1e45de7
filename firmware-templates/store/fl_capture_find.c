#include <stddef.h>

#include "fl_capture_layout.h"

/* The block that was begun `age` blocks before all others that are there; blocks are taken in turn. */
static uint32_t block_of_age(const fl_capture *ring, uint32_t age) {
  const uint32_t after = ring->newest + 1 + age;
  return after >= ring->blocks ? after - ring->blocks : after;
}

/* Item `index` of a use, the oldest first, or null; `count` is then how many there are. */
static const uint8_t *search(const fl_capture *ring, const fl_captured_item *wanted, uint32_t index, uint32_t *count) {
  *count = 0;
  if (ring->blocks == 0 || ring->newest == ring->blocks) return NULL;
  for (uint32_t age = 0; age < ring->blocks; age++) {
    const uint32_t block = block_of_age(ring, age);
    if (!fl_capture_is_in_use(ring, block)) continue;
    for (uint32_t i = 0; i < ring->slots; i++) {
      const fl_capture_slot *slot = fl_capture_slot_of(ring, block, i);
      if (!fl_capture_is_stored(slot) || slot->use != wanted->use || slot->label > wanted->label) continue;
      if ((*count)++ == index) return &slot->label;
    }
  }
  return NULL;
}

uint32_t fl_capture_count(const fl_capture *ring, fl_capture_use use, uint32_t labels) {
  const fl_captured_item wanted = {NULL, labels - 1, use};
  uint32_t count;
  (void)search(ring, &wanted, UINT32_MAX, &count);
  return count;
}

const uint8_t *fl_capture_find(const fl_capture *ring, fl_capture_use use, uint32_t labels, uint32_t index) {
  const fl_captured_item wanted = {NULL, labels - 1, use};
  uint32_t count;
  return search(ring, &wanted, index, &count);
}
