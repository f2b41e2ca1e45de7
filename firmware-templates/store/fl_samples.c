#include "fl_samples.h"

#include <stddef.h>

#include "fl_crc32.h"
#include "fl_hal.h"

enum { MAGIC = 0x4D534C46 /* 'FLSM' */, FEATURES_OFFSET = 4 };

typedef struct {
  uint32_t magic;
  uint32_t count;
  uint32_t item_bytes;
  uint32_t adapt_count;
  uint32_t test_count;
  uint32_t crc; /* of the five words above */
} log_header;

static bool is_sound(const log_header *header, uint32_t room) {
  if (header->magic != MAGIC || header->crc != fl_crc32(0, header, sizeof *header - sizeof header->crc)) return false;
  /* Each is bounded before they are multiplied. */
  if (header->count > room || header->item_bytes > room) return false;
  if (header->adapt_count > header->count || header->test_count > header->count - header->adapt_count) return false;
  const uint64_t stride = FEATURES_OFFSET + (((uint64_t)header->item_bytes + 3) & ~(uint64_t)3);
  return stride * header->count <= room;
}

static bool labels_fit(const fl_samples *samples) {
  const uint32_t count = samples->adapt_count + samples->test_count;
  for (uint32_t i = 0; i < count; i++) {
    if (fl_samples_label(samples, i) >= samples->classes) return false;
  }
  return true;
}

bool fl_samples_open(fl_samples *samples, uint32_t offset, uint32_t item_bytes, uint32_t classes) {
  const uint32_t flash = fl_hal_flash_bytes();
  *samples = (fl_samples){.items = fl_hal_flash() + offset, .item_bytes = item_bytes, .classes = classes};
  samples->stride = FEATURES_OFFSET + ((item_bytes + 3) & ~3u);
  if (offset >= flash || flash - offset < sizeof(log_header)) return false;
  const log_header *header = (const log_header *)(const void *)samples->items;
  if (!is_sound(header, flash - offset - (uint32_t)sizeof(log_header)) || header->item_bytes != item_bytes) return false;
  fl_samples log = *samples;
  log.items = (const uint8_t *)(header + 1);
  log.adapt_count = header->adapt_count;
  log.test_count = header->test_count;
  if (!labels_fit(&log)) return false;
  *samples = log;
  return true;
}

void fl_samples_add(fl_samples *samples, const fl_capture *captured, uint32_t most_adapt) {
  const uint32_t there = fl_capture_count(captured, FL_CAPTURE_LEARN, samples->classes);
  const uint32_t room = most_adapt > samples->adapt_count ? most_adapt - samples->adapt_count : 0;
  const uint32_t taken = there < room ? there : room;
  samples->captured = captured;
  samples->log_adapt_count = samples->adapt_count;
  samples->log_test_count = samples->test_count;
  samples->skipped = there - taken;
  samples->adapt_count += taken;
  samples->test_count += fl_capture_count(captured, FL_CAPTURE_TEST, samples->classes);
}

static const uint8_t *logged(const fl_samples *samples, uint32_t index) {
  return samples->items + index * samples->stride;
}

/* Items to learn from and to test on stand one behind the other, and in each those of the log before the captured ones. */
const uint8_t *fl_samples_item(const fl_samples *samples, uint32_t index) {
  if (samples->captured == NULL) return logged(samples, index);
  const bool is_test = index >= samples->adapt_count;
  const uint32_t at = is_test ? index - samples->adapt_count : index;
  const uint32_t in_log = is_test ? samples->log_test_count : samples->log_adapt_count;
  if (at < in_log) return logged(samples, is_test ? samples->log_adapt_count + at : at);
  const fl_capture_use use = is_test ? FL_CAPTURE_TEST : FL_CAPTURE_LEARN;
  return fl_capture_find(samples->captured, use, samples->classes, at - in_log + (is_test ? 0 : samples->skipped));
}

const int8_t *fl_samples_features(const fl_samples *samples, uint32_t index) {
  return (const int8_t *)(fl_samples_item(samples, index) + FEATURES_OFFSET);
}

uint32_t fl_samples_label(const fl_samples *samples, uint32_t index) { return fl_samples_item(samples, index)[0]; }
