/* Flash records: what was stored is there, and a power cut at any byte of any operation leaves the old or the new. */
#include <string.h>

#include "check.h"
#include "fl_boots.h"
#include "fl_crc32.h"
#include "fl_features.h"
#include "fl_flash_map.h"
#include "fl_identity.h"
#include "fl_nor.h"
#include "fl_record.h"
#include "fl_samples.h"
#include "fl_slots.h"
#include "test_hal.h"

enum { MAGIC = 0x54534554, MOST_OPERATIONS = 8 };
static const uint32_t cut_points[] = {0, 1, 3, 4, 5, 8, 15, 16, 17, 63, 64, 100, 4095};
static test_hal saved;

typedef struct {
  uint32_t words[8];
} payload;

static payload payload_of(uint32_t value) {
  payload made;
  for (uint32_t i = 0; i < 8; i++) made.words[i] = value + i;
  return made;
}

static void crc_is_the_one_of_zlib(void) { CHECK(fl_crc32(0, "123456789", 9) == 0xCBF43926u); }

static void nor_clears_bits_only(void) {
  static const uint8_t a = 0xF0, b = 0x70, c = 0x80, d = 0x01;
  test_hal_reset();
  CHECK(fl_nor_program(hal.flash, TEST_FLASH_BYTES, 5, &a, 1) && hal.flash[5] == 0xF0);
  CHECK(fl_nor_program(hal.flash, TEST_FLASH_BYTES, 5, &b, 1) && hal.flash[5] == 0x70);
  CHECK(!fl_nor_program(hal.flash, TEST_FLASH_BYTES, 5, &c, 1) && hal.flash[5] == 0x70);
  CHECK(!fl_nor_program(hal.flash, TEST_FLASH_BYTES, 5, &d, 1));
  CHECK(!fl_nor_program(hal.flash, TEST_FLASH_BYTES, TEST_FLASH_BYTES, &a, 1));
  CHECK(!fl_nor_erase(hal.flash, TEST_FLASH_BYTES, 1) && !fl_nor_erase(hal.flash, TEST_FLASH_BYTES, TEST_FLASH_BYTES));
  CHECK(fl_nor_erase(hal.flash, TEST_FLASH_BYTES, 0) && hal.flash[5] == 0xFF);
}

/* The record's value, or 0. */
static uint32_t read_value(void) {
  const payload *found = fl_record_read(0, MAGIC, sizeof(payload));
  return found == NULL ? 0 : found->words[0];
}

static bool write_value(uint32_t value) {
  const payload made = payload_of(value);
  return fl_record_write(0, MAGIC, &made, sizeof made);
}

static void a_record_is_read_back(void) {
  test_hal_reset();
  CHECK(read_value() == 0);
  for (uint32_t value = 1; value < 10; value++) {
    CHECK(write_value(value) && read_value() == value);
  }
  CHECK(fl_record_read(0, MAGIC + 1, sizeof(payload)) == NULL && fl_record_read(0, MAGIC, 4) == NULL);
}

/* The flash as a cut at this operation and byte leaves it, and the power back. */
static void restore_with_cut(uint32_t operation, uint32_t bytes) {
  hal = saved;
  hal.flash_operations = 0;
  hal.cut_at_operation = operation;
  hal.cut_after_bytes = bytes;
}

static bool power_back(void) {
  const bool was_cut = hal.flash_operations >= hal.cut_at_operation;
  hal.cut_at_operation = 0;
  return was_cut;
}

#define FOR_EVERY_CUT(operation, bytes)                                        \
  for (uint32_t operation = 1; operation <= MOST_OPERATIONS; operation++)      \
    for (uint32_t cut = 0, bytes; cut < sizeof cut_points / sizeof *cut_points \
         && (bytes = cut_points[cut], true); cut++)

static void a_record_survives_power_cuts(void) {
  for (uint32_t writes = 1; writes <= 3; writes++) {
    test_hal_reset();
    for (uint32_t value = 1; value <= writes; value++) CHECK(write_value(value));
    saved = hal;
    FOR_EVERY_CUT(operation, bytes) {
      restore_with_cut(operation, bytes);
      const bool written = write_value(100);
      const bool was_cut = power_back();
      CHECK(written || was_cut);
      CHECK(read_value() == writes || read_value() == 100);
      CHECK(!written || read_value() == 100);
      CHECK(write_value(200) && read_value() == 200); /* and it goes on */
    }
  }
}

static void an_identity_survives_power_cuts(void) {
  fl_identity first = {{1, 2, 3, 4, 5, 6, 7, 8}, 0, "", "", ""};
  test_hal_reset();
  CHECK(fl_identity_read() == NULL && fl_identity_write(&first));
  saved = hal;
  fl_identity second = first;
  second.enrolled = 1;
  memcpy(second.device, "dev", 4);
  FOR_EVERY_CUT(operation, bytes) {
    restore_with_cut(operation, bytes);
    (void)fl_identity_write(&second);
    (void)power_back();
    const fl_identity *found = fl_identity_read();
    CHECK(found != NULL && memcmp(found->nonce, first.nonce, 8) == 0);
    CHECK(found->enrolled == 0 || strcmp(found->device, "dev") == 0);
  }
}

static void starts_are_counted_over_sector_changes(void) {
  test_hal_reset();
  for (uint32_t boot = 1; boot <= 1600; boot++) CHECK(fl_boots_count() == boot);
}

static void counting_survives_power_cuts(void) {
  test_hal_reset();
  for (uint32_t boot = 1; boot <= 1100; boot++) {
    saved = hal;
    FOR_EVERY_CUT(operation, bytes) {
      if (boot > 3 && boot % 512 > 2 && bytes != 5) continue; /* only the edges in full: it takes long */
      restore_with_cut(operation, bytes);
      CHECK(fl_boots_count() == boot);
      (void)power_back();
      const uint32_t next = fl_boots_count();
      CHECK(next == boot || next == boot + 1);
    }
    hal = saved;
    hal.cut_at_operation = 0;
    CHECK(fl_boots_count() == boot);
  }
}

static const fl_slots slots = {8 * FL_SECTOR_BYTES};

static void slots_take_turns(void) {
  static const uint8_t digest[FL_DIGEST_BYTES] = {9};
  test_hal_reset();
  CHECK(fl_slots_newest(&slots) == FL_SLOT_COUNT && fl_slots_target(&slots) == 0);
  for (uint32_t version = 1; version <= 5; version++) {
    const uint32_t target = fl_slots_target(&slots);
    CHECK(target == (version - 1) % 2);
    CHECK(fl_slots_open(&slots, target) && fl_slots_commit(&slots, target, version, 100, digest));
    CHECK(fl_slots_newest(&slots) == target && fl_slots_header(&slots, target)->artifact == version);
  }
}

static void slots_survive_power_cuts(void) {
  static const uint8_t digest[FL_DIGEST_BYTES] = {9};
  test_hal_reset();
  CHECK(fl_slots_commit(&slots, 0, 1, 100, digest) && fl_slots_commit(&slots, 1, 2, 100, digest));
  saved = hal;
  FOR_EVERY_CUT(operation, bytes) {
    restore_with_cut(operation, bytes);
    const uint32_t target = fl_slots_target(&slots);
    (void)(fl_slots_open(&slots, target) && fl_slots_commit(&slots, target, 3, 100, digest));
    (void)power_back();
    const uint32_t newest = fl_slots_newest(&slots);
    CHECK(newest < FL_SLOT_COUNT);
    const uint32_t artifact = fl_slots_header(&slots, newest)->artifact;
    CHECK(artifact == 2 || artifact == 3);
  }
}

static void write_samples(uint32_t count, uint32_t item_bytes, uint32_t adapt, uint32_t test) {
  uint32_t header[6] = {0x4D534C46u, count, item_bytes, adapt, test, 0};
  header[5] = fl_crc32(0, header, 20);
  memcpy(hal.flash + fl_slots_end(&slots), header, sizeof header);
}

static void a_sample_log_is_checked_before_use(void) {
  fl_samples samples;
  const uint32_t offset = fl_slots_end(&slots);
  test_hal_reset();
  CHECK(!fl_samples_open(&samples, offset, 6, 10));
  memset(hal.flash + offset, 0, 4096);
  write_samples(3, 6, 2, 1);
  hal.flash[offset + 24 + 12] = 7;
  hal.flash[offset + 24 + 12 + 4] = 0x85;
  CHECK(fl_samples_open(&samples, offset, 6, 10) && samples.stride == 12);
  CHECK(fl_samples_label(&samples, 1) == 7 && fl_samples_features(&samples, 1)[0] == (int8_t)0x85);
  CHECK(!fl_samples_open(&samples, offset, 6, 7));  /* label 7 is no class of seven */
  CHECK(!fl_samples_open(&samples, offset, 5, 10)); /* another model's items */
  CHECK(!fl_samples_open(&samples, TEST_FLASH_BYTES, 6, 10));
  write_samples(3, 6, 2, 2);
  CHECK(!fl_samples_open(&samples, offset, 6, 10));
  write_samples(0x40000000, 6, 1, 1);
  CHECK(!fl_samples_open(&samples, offset, 6, 10));
  write_samples(0x40000, 0x40000, 1, 1);
  CHECK(!fl_samples_open(&samples, offset, 0x40000, 10));
}

/* ---- features ---- */

enum { FEATURE_ITEMS = 700, FEATURE_BYTES = 10, FEATURE_OPERATIONS = 2 + 2 * FEATURE_ITEMS + 3 };
static const fl_features_base feature_base = {11, 5, {3, 1, 4}};

static void write_feature_items(fl_samples *samples) {
  const uint32_t offset = fl_slots_end(&slots);
  test_hal_reset();
  memset(hal.flash + offset, 0, FEATURE_ITEMS * 12 + 24);
  write_samples(FEATURE_ITEMS, 6, 600, 100);
  for (uint32_t i = 0; i < FEATURE_ITEMS; i++) hal.flash[offset + 24 + 12 * i] = (uint8_t)(i % 10);
  CHECK(fl_samples_open(samples, offset, 6, 10));
}

static bool make_features(const fl_features *features) {
  if (!fl_features_begin(features)) return false;
  for (uint32_t i = 0; i < FEATURE_ITEMS; i++) {
    uint8_t bytes[FEATURE_BYTES];
    memset(bytes, (int)(i % 251), sizeof bytes);
    if (!fl_features_put(features, i, bytes)) return false;
  }
  return fl_features_commit(features, &feature_base);
}

static void check_features(const fl_features *features) {
  const fl_samples *rows = &features->rows;
  CHECK(rows->adapt_count == 600 && rows->test_count == 100);
  for (uint32_t i = 0; i < FEATURE_ITEMS; i++) {
    CHECK(fl_samples_label(rows, i) == i % 10);
    CHECK((uint8_t)fl_samples_features(rows, i)[0] == i % 251);
    CHECK((uint8_t)fl_samples_features(rows, i)[FEATURE_BYTES - 1] == i % 251);
  }
}

static void features_are_of_what_they_were_made_of(void) {
  fl_samples samples;
  fl_features features;
  static const fl_features_base other_prefix = {11, 6, {3, 1, 4}}, other_parameters = {11, 5, {3, 1, 5}};
  static const fl_features_base other_layout = {12, 5, {3, 1, 4}};
  write_feature_items(&samples);
  CHECK(fl_features_open(&features, &samples, FEATURE_BYTES));
  CHECK(!fl_features_are_of(&features, &feature_base));
  CHECK(make_features(&features) && fl_features_are_of(&features, &feature_base));
  check_features(&features);
  CHECK(!fl_features_are_of(&features, &other_prefix) && !fl_features_are_of(&features, &other_parameters));
  CHECK(!fl_features_are_of(&features, &other_layout));
  hal.flash[fl_slots_end(&slots) + 24 + 5] ^= 1; /* another item */
  CHECK(!fl_features_are_of(&features, &feature_base));
  hal.flash[fl_slots_end(&slots) + 24 + 5] ^= 1;
  CHECK(fl_features_are_of(&features, &feature_base));
  CHECK(fl_features_begin(&features) && !fl_features_are_of(&features, &feature_base));
}

static void features_need_room_behind_the_items(void) {
  fl_samples samples;
  fl_features features;
  write_feature_items(&samples);
  const uint32_t end_of_items = fl_slots_end(&slots) + 24 + 12 * FEATURE_ITEMS;
  const uint32_t sectors = (TEST_FLASH_BYTES - end_of_items) / FL_SECTOR_BYTES;
  const uint32_t most = (sectors - 1) * FL_SECTOR_BYTES / FEATURE_ITEMS / 4 * 4 - 4;
  CHECK(fl_features_open(&features, &samples, most) && features.offset >= end_of_items);
  CHECK(!fl_features_open(&features, &samples, most + FL_SECTOR_BYTES / 4));
  CHECK(!fl_features_open(&features, &samples, UINT32_MAX));
}

/* Whatever is there after a cut is not believed unless it is complete, and is made anew. */
static void features_survive_power_cuts(void) {
  fl_samples samples;
  fl_features features;
  write_feature_items(&samples);
  CHECK(fl_features_open(&features, &samples, FEATURE_BYTES) && make_features(&features));
  const uint32_t operations = hal.flash_operations;
  CHECK(operations == FEATURE_OPERATIONS);
  saved = hal;
  for (uint32_t operation = 1; operation <= operations; operation += operation < 8 || operation + 8 > operations ? 1 : 97) {
    for (uint32_t cut = 0; cut < sizeof cut_points / sizeof *cut_points; cut++) {
      restore_with_cut(operation, cut_points[cut]);
      const bool made = make_features(&features);
      (void)power_back();
      if (made || fl_features_are_of(&features, &feature_base)) check_features(&features);
      CHECK(make_features(&features));
      check_features(&features);
    }
  }
}

int main(void) {
  crc_is_the_one_of_zlib();
  nor_clears_bits_only();
  a_record_is_read_back();
  a_record_survives_power_cuts();
  an_identity_survives_power_cuts();
  starts_are_counted_over_sector_changes();
  counting_survives_power_cuts();
  slots_take_turns();
  slots_survive_power_cuts();
  a_sample_log_is_checked_before_use();
  features_are_of_what_they_were_made_of();
  features_need_room_behind_the_items();
  features_survive_power_cuts();
  return 0;
}
