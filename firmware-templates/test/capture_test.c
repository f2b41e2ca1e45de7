/* The capture ring: the newest items are there, whole and in order, whatever the power does at any byte of any operation. */
#include <string.h>

#include "check.h"
#include "fl_capture.h"
#include "fl_flash_map.h"
#include "fl_samples.h"
#include "test_hal.h"

enum { OFFSET = 8 * FL_SECTOR_BYTES, MOST_ITEM_BYTES = 6000, LABELS = 200, MOST_OPERATIONS = 8 };

/* What a ring is made for, and what of it follows (FORMATS.md). */
typedef struct {
  uint32_t item_bytes;
  uint32_t sectors;
  uint32_t blocks;
  uint32_t slots;
} shape;

static const shape three_in_a_sector = {1300, 3, 3, 3};
static const shape two_sectors_each = {5000, 7, 3, 1};
static const uint32_t cut_points[] = {0, 1, 2, 3, 4, 5, 7, 8, 11, 12, 15, 16, 100, 1299, 4095};
static test_hal saved;

/* Item `value`, replayable; every fifth is to test on. */
static fl_captured_item item_of(const shape *s, uint32_t value, int8_t *features) {
  for (uint32_t i = 0; i < s->item_bytes; i++) features[i] = (int8_t)(value * 31 + i * (value | 1));
  return (fl_captured_item){features, value % LABELS, value % 5 == 4 ? FL_CAPTURE_TEST : FL_CAPTURE_LEARN};
}

static bool append(fl_capture *ring, const shape *s, uint32_t value) {
  static int8_t features[MOST_ITEM_BYTES];
  const fl_captured_item item = item_of(s, value, features);
  return fl_capture_append(ring, &item);
}

static bool is_item(const shape *s, const uint8_t *found, uint32_t value) {
  static int8_t features[MOST_ITEM_BYTES];
  const fl_captured_item item = item_of(s, value, features);
  return found[0] == item.label && found[1] == item.use && memcmp(found + 4, features, s->item_bytes) == 0;
}

static fl_capture opened(const shape *s) {
  fl_capture ring;
  CHECK(fl_capture_open(&ring, OFFSET, s->sectors * FL_SECTOR_BYTES, s->item_bytes));
  CHECK(ring.blocks == s->blocks && ring.slots == s->slots);
  return ring;
}

/* The ring holds exactly the items from `first` to before `end`. */
static bool holds(const fl_capture *ring, const shape *s, uint32_t first, uint32_t end) {
  uint32_t index[2] = {0, 0};
  for (uint32_t value = first; value < end; value++) {
    const uint32_t use = value % 5 == 4;
    const uint8_t *found = fl_capture_find(ring, (fl_capture_use)use, LABELS, index[use]++);
    if (found == NULL || !is_item(s, found, value)) return false;
  }
  return fl_capture_count(ring, FL_CAPTURE_LEARN, LABELS) == index[0] &&
         fl_capture_count(ring, FL_CAPTURE_TEST, LABELS) == index[1];
}

/* The oldest item that is left after `count` were stored: the last blocks are full but for the newest. */
static uint32_t oldest_of(const shape *s, uint32_t count) {
  const uint32_t begun = (count + s->slots - 1) / s->slots;
  return begun <= s->blocks ? 0 : (begun - s->blocks) * s->slots;
}

static void the_newest_items_are_there(const shape *s) {
  test_hal_reset();
  fl_capture ring = opened(s);
  for (uint32_t count = 0; count < 40; count++) {
    CHECK(holds(&ring, s, oldest_of(s, count), count));
    fl_capture again = opened(s);
    CHECK(holds(&again, s, oldest_of(s, count), count));
    CHECK(fl_capture_drops(&ring) == (oldest_of(s, count + 1) > oldest_of(s, count)));
    CHECK(append(&ring, s, count));
  }
}

/* What is there after a cut while item `count` was being stored: nothing is lost but the oldest block, if its place was needed. */
static void check_after_cut(const shape *s, uint32_t count) {
  fl_capture ring = opened(s);
  const uint32_t before = oldest_of(s, count), after = oldest_of(s, count + 1);
  const bool is_stored = holds(&ring, s, after, count + 1);
  CHECK(is_stored || holds(&ring, s, after, count) || holds(&ring, s, before, count));
  const uint32_t next = is_stored ? count + 1 : count;
  CHECK(append(&ring, s, next));
  const uint8_t *newest = NULL;
  for (uint32_t use = 0; use < 2; use++) {
    const uint32_t some = fl_capture_count(&ring, (fl_capture_use)use, LABELS);
    const uint8_t *last = some == 0 ? NULL : fl_capture_find(&ring, (fl_capture_use)use, LABELS, some - 1);
    if (last != NULL && is_item(s, last, next)) newest = last;
  }
  CHECK(newest != NULL);
}

static void items_survive_power_cuts(const shape *s, uint32_t stored) {
  test_hal_reset();
  fl_capture ring = opened(s);
  for (uint32_t value = 0; value < stored; value++) CHECK(append(&ring, s, value));
  saved = hal;
  const fl_capture start = ring;
  for (uint32_t operation = 1; operation <= MOST_OPERATIONS; operation++) {
    for (uint32_t cut = 0; cut < sizeof cut_points / sizeof *cut_points; cut++) {
      hal = saved;
      hal.flash_operations = 0;
      hal.cut_at_operation = operation;
      hal.cut_after_bytes = cut_points[cut];
      ring = start;
      const bool is_stored = append(&ring, s, stored);
      CHECK(is_stored || hal.flash_operations >= operation);
      hal.cut_at_operation = 0;
      check_after_cut(s, stored);
    }
  }
}

static void damage_is_dropped(const shape *s) {
  test_hal_reset();
  fl_capture ring = opened(s);
  for (uint32_t value = 0; value < 8; value++) CHECK(append(&ring, s, value));
  const uint8_t *third = fl_capture_find(&ring, FL_CAPTURE_LEARN, LABELS, 2);
  hal.flash[third - hal.flash + 4 + 700] ^= 1;
  ring = opened(s);
  CHECK(fl_capture_count(&ring, FL_CAPTURE_LEARN, LABELS) == 6);
  CHECK(is_item(s, fl_capture_find(&ring, FL_CAPTURE_LEARN, LABELS, 2), 3));
  hal.flash[OFFSET + 4] ^= 1; /* the sequence of the first block */
  ring = opened(s);
  CHECK(is_item(s, fl_capture_find(&ring, FL_CAPTURE_LEARN, LABELS, 0), 3));
}

/* Items of another size, and labels that the model has no more. */
static void what_does_not_fit_is_not_there(const shape *s) {
  test_hal_reset();
  fl_capture ring = opened(s);
  for (uint32_t value = 0; value < 4; value++) CHECK(append(&ring, s, value));
  CHECK(fl_capture_count(&ring, FL_CAPTURE_LEARN, 2) == 2);
  fl_capture other;
  CHECK(fl_capture_open(&other, OFFSET, s->sectors * FL_SECTOR_BYTES, s->item_bytes - 1));
  CHECK(fl_capture_count(&other, FL_CAPTURE_LEARN, LABELS) == 0);
  CHECK(!fl_capture_open(&other, OFFSET, FL_SECTOR_BYTES, 8) && other.blocks == 0);
  CHECK(!fl_capture_open(&other, TEST_FLASH_BYTES - FL_SECTOR_BYTES, 2 * FL_SECTOR_BYTES, 8));
}

static void every_block_is_erased_as_often(const shape *s) {
  test_hal_reset();
  fl_capture ring = opened(s);
  uint32_t erased[8] = {0};
  for (uint32_t value = 0; value < 300; value++) {
    const uint32_t before = ring.newest;
    CHECK(append(&ring, s, value));
    if (ring.newest != before) erased[ring.newest]++;
  }
  const uint32_t each = 300 / s->slots / s->blocks;
  for (uint32_t block = 0; block < s->blocks; block++) CHECK(erased[block] == each || erased[block] == each + 1);
}

static void captured_items_stand_behind_those_of_the_log(const shape *s) {
  test_hal_reset();
  fl_capture ring = opened(s);
  for (uint32_t value = 0; value < 5; value++) CHECK(append(&ring, s, value));
  fl_samples samples;
  const uint32_t log = OFFSET + s->sectors * FL_SECTOR_BYTES;
  CHECK(!fl_samples_open(&samples, log, s->item_bytes, LABELS));
  fl_samples_add(&samples, &ring, 100);
  CHECK(samples.adapt_count == 4 && samples.test_count == 1);
  for (uint32_t i = 0; i < 5; i++) CHECK(is_item(s, fl_samples_item(&samples, i), i));
  CHECK(!fl_samples_open(&samples, log, s->item_bytes, LABELS));
  fl_samples_add(&samples, &ring, 3);
  CHECK(samples.adapt_count == 3 && samples.test_count == 1);
  for (uint32_t i = 0; i < 4; i++) CHECK(is_item(s, fl_samples_item(&samples, i), i + 1));
}

int main(void) {
  the_newest_items_are_there(&three_in_a_sector);
  the_newest_items_are_there(&two_sectors_each);
  for (uint32_t stored = 0; stored < 14; stored++) items_survive_power_cuts(&three_in_a_sector, stored);
  for (uint32_t stored = 0; stored < 8; stored++) items_survive_power_cuts(&two_sectors_each, stored);
  damage_is_dropped(&three_in_a_sector);
  what_does_not_fit_is_not_there(&three_in_a_sector);
  every_block_is_erased_as_often(&three_in_a_sector);
  captured_items_stand_behind_those_of_the_log(&three_in_a_sector);
  return 0;
}
