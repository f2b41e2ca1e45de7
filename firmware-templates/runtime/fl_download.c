#include "fl_download.h"

#include <stddef.h>

#include "fl_bytes.h"
#include "fl_hal.h"
#include "fl_sha256.h"

enum { CHUNKS_PER_SECTOR = FL_SECTOR_BYTES / FL_CHUNK_BYTES };

static void fail(fl_download *download, int32_t status) {
  download->state = FL_DOWNLOAD_FAILED;
  download->status = status;
}

static void digest_of(const uint8_t *bytes, uint32_t count, uint8_t digest[FL_DIGEST_BYTES]) {
  fl_sha256 hash;
  fl_sha256_begin(&hash);
  fl_sha256_add(&hash, bytes, count);
  fl_sha256_end(&hash, digest);
}

static uint32_t other_slot(const fl_download *download) { return 1 - download->slot; }

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

static uint32_t group_end(const fl_download *download) {
  return least(download->group + FL_MAX_DIGESTS_PER_FETCH, download->chunks);
}

static uint32_t chunk_bytes(const fl_download *download, uint32_t chunk) {
  return least(FL_CHUNK_BYTES, download->bytes - chunk * FL_CHUNK_BYTES);
}

/* ---- which chunks of the group are wanted ---- */

static bool is_wanted(const fl_download *download, uint32_t chunk) {
  const uint32_t bit = chunk - download->group;
  return (download->wanted[bit / 8] >> (bit % 8) & 1) != 0;
}

static void set_wanted(fl_download *download, uint32_t chunk, bool wanted) {
  const uint32_t bit = chunk - download->group;
  const uint32_t mask = 1u << (bit % 8);
  const uint32_t old = download->wanted[bit / 8];
  download->wanted[bit / 8] = (uint8_t)(wanted ? old | mask : old & ~mask);
}

static uint32_t first_wanted(const fl_download *download) {
  uint32_t chunk = download->group;
  while (chunk < group_end(download) && !is_wanted(download, chunk)) chunk++;
  return chunk;
}

static bool is_right(const fl_download *download, uint32_t chunk, const uint8_t *bytes) {
  uint8_t digest[FL_DIGEST_BYTES];
  digest_of(bytes, chunk_bytes(download, chunk), digest);
  const uint8_t *expected = download->digests + (chunk - download->group) * FL_CHUNK_DIGEST_BYTES;
  return fl_equal(digest, expected, FL_CHUNK_DIGEST_BYTES);
}

/* ---- what is in flash ---- */

static const uint8_t *chunk_in(const fl_station *station, uint32_t slot, uint32_t chunk) {
  return fl_slots_image(&station->slots, slot) + chunk * FL_CHUNK_BYTES;
}

static bool is_blank(const uint8_t *bytes, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (bytes[i] != 0xFF) return false;
  }
  return true;
}

/* Programs a chunk that is wanted, and reads it back. */
static void store(fl_download *download, fl_station *station, uint32_t chunk, const uint8_t *bytes) {
  const uint32_t offset = fl_slots_offset(&station->slots, download->slot) + chunk * FL_CHUNK_BYTES;
  if (!fl_hal_flash_program(offset, bytes, chunk_bytes(download, chunk)) ||
      !is_right(download, chunk, chunk_in(station, download->slot, chunk))) {
    fail(download, FL_FLASH_FAILED);
    return;
  }
  set_wanted(download, chunk, false);
}

static void erase_sector_at(fl_download *download, fl_station *station, uint32_t chunk) {
  const uint32_t offset = fl_slots_offset(&station->slots, download->slot) + chunk * FL_CHUNK_BYTES;
  if (!fl_hal_flash_erase(offset)) fail(download, FL_FLASH_FAILED);
}

/* Marks what is missing; a sector with a chunk that is neither right nor blank is erased, and all of it is missing. */
static void mark_sector(fl_download *download, fl_station *station, uint32_t first, uint32_t end) {
  bool dirty = download->from_scratch;
  for (uint32_t chunk = first; chunk < end; chunk++) {
    const uint8_t *bytes = chunk_in(station, download->slot, chunk);
    const bool right = is_right(download, chunk, bytes);
    set_wanted(download, chunk, !right);
    if (!right && !is_blank(bytes, chunk_bytes(download, chunk))) dirty = true;
  }
  if (!dirty) return;
  erase_sector_at(download, station, first);
  for (uint32_t chunk = first; chunk < end; chunk++) set_wanted(download, chunk, true);
}

static void sort_sector(fl_download *download, fl_station *station) {
  const uint32_t first = download->group + download->sector * CHUNKS_PER_SECTOR;
  const uint32_t end = least(first + CHUNKS_PER_SECTOR, group_end(download));
  mark_sector(download, station, first, end);
  for (uint32_t chunk = first; chunk < end && download->state != FL_DOWNLOAD_FAILED; chunk++) {
    const uint8_t *before = chunk_in(station, other_slot(download), chunk);
    if (download->from_scratch || !is_wanted(download, chunk)) continue;
    if (is_right(download, chunk, before)) store(download, station, chunk, before);
  }
  download->sector++;
}

/* ---- asking ---- */

static void ask(fl_download *download, fl_station *station, uint32_t first, uint32_t count, uint32_t of) {
  const fl_fetch message = {download->artifact, first, count, of};
  const int32_t length = fl_fetch_encode(&message, station->link.payload, FL_LINK_PAYLOAD_BYTES);
  fl_station_publish(station, "up/fetch", length);
}

static void ask_for_digests(fl_download *download, fl_station *station) {
  ask(download, station, download->group, group_end(download) - download->group, FL_FETCH_DIGESTS);
}

/* A run of wanted chunks, as long as one message may ask for. */
static void ask_for_chunks(fl_download *download, fl_station *station) {
  const uint32_t first = first_wanted(download);
  uint32_t end = first;
  while (end < group_end(download) && end - first < FL_MAX_CHUNKS_PER_FETCH && is_wanted(download, end)) end++;
  download->window_end = end;
  ask(download, station, first, end - first, FL_FETCH_DATA);
}

static void enter_group(fl_download *download, fl_station *station, uint32_t group) {
  download->group = group;
  download->sector = 0;
  download->doubtful = false;
  if (group == download->chunks) {
    download->state = FL_DOWNLOAD_CHECKING;
    return;
  }
  download->state = FL_DOWNLOAD_ASKING;
  fl_retry_start(&download->retry, &station->random, station->now_ms);
  ask_for_digests(download, station);
}

/* After sorting, and after each chunk: the rest of the window, the next one, or the next group. */
static void go_on(fl_download *download, fl_station *station) {
  const uint32_t next = first_wanted(download);
  if (next == group_end(download)) {
    enter_group(download, station, next);
    return;
  }
  fl_retry_start(&download->retry, &station->random, station->now_ms);
  if (download->state == FL_DOWNLOAD_SORTING || next >= download->window_end) ask_for_chunks(download, station);
  download->state = FL_DOWNLOAD_FETCHING;
}

/* ---- the whole ---- */

static void begin(fl_download *download, fl_station *station) {
  if (fl_slots_open(&station->slots, download->slot)) {
    enter_group(download, station, 0);
  } else {
    fail(download, FL_FLASH_FAILED);
  }
}

static bool image_is_right(const fl_download *download, const fl_station *station, uint32_t slot) {
  uint8_t digest[FL_DIGEST_BYTES];
  digest_of(fl_slots_image(&station->slots, slot), download->bytes, digest);
  return fl_equal(digest, download->digest, FL_DIGEST_BYTES);
}

static void check(fl_download *download, fl_station *station) {
  if (image_is_right(download, station, download->slot)) {
    const bool kept = fl_slots_commit(&station->slots, download->slot, download->artifact, download->bytes, download->digest);
    download->state = kept ? FL_DOWNLOAD_DONE : FL_DOWNLOAD_FAILED;
    download->status = kept ? FL_OK : FL_FLASH_FAILED;
  } else if (download->from_scratch) {
    fail(download, FL_WRONG_DIGEST);
  } else {
    download->from_scratch = true; /* four bytes of digest may have met by chance, or the digests were of something else */
    begin(download, station);
  }
}

/* The slot that holds this very image, or FL_SLOT_COUNT. */
static uint32_t slot_with_image(const fl_download *download, const fl_station *station) {
  uint32_t slot = 0;
  for (; slot < FL_SLOT_COUNT; slot++) {
    const fl_slot_header *header = fl_slots_header(&station->slots, slot);
    const bool named = header != NULL && header->bytes == download->bytes &&
                       fl_equal(header->digest, download->digest, FL_DIGEST_BYTES);
    if (named && image_is_right(download, station, slot)) break;
  }
  return slot;
}

void fl_download_start(fl_download *download, fl_station *station, const fl_job *job) {
  fl_zero(download, sizeof *download);
  download->artifact = job->artifact;
  download->bytes = job->size_bytes;
  download->digest = job->sha256;
  download->chunks = (job->size_bytes + FL_CHUNK_BYTES - 1) / FL_CHUNK_BYTES;
  download->slot = slot_with_image(download, station);
  if (download->slot < FL_SLOT_COUNT) {
    download->group = download->chunks;
    download->state = FL_DOWNLOAD_DONE;
    return;
  }
  download->slot = fl_slots_target(&station->slots);
  begin(download, station);
}

uint32_t fl_download_present(const fl_download *download) {
  const bool sorting = download->state == FL_DOWNLOAD_ASKING || download->state == FL_DOWNLOAD_SORTING;
  const uint32_t sorted = download->group + download->sector * CHUNKS_PER_SECTOR;
  const uint32_t end = sorting ? least(sorted, group_end(download)) : group_end(download);
  uint32_t present = download->group;
  for (uint32_t chunk = download->group; chunk < end; chunk++) {
    if (!is_wanted(download, chunk)) present++;
  }
  return present;
}

/* A chunk that did not match may have been right, and its digest wrong: then both are asked for. */
static void ask_again(fl_download *download, fl_station *station) {
  if (download->doubtful) {
    enter_group(download, station, download->group);
  } else {
    ask_for_chunks(download, station);
  }
}

bool fl_download_poll(fl_download *download, fl_station *station) {
  switch (download->state) {
    case FL_DOWNLOAD_SORTING:
      if (download->group + download->sector * CHUNKS_PER_SECTOR < group_end(download)) {
        sort_sector(download, station);
      } else {
        go_on(download, station);
      }
      return true;
    case FL_DOWNLOAD_CHECKING: check(download, station); return true;
    case FL_DOWNLOAD_ASKING:
      if (fl_retry_due(&download->retry, &station->random, station->now_ms)) ask_for_digests(download, station);
      return false;
    case FL_DOWNLOAD_FETCHING:
      if (fl_retry_due(&download->retry, &station->random, station->now_ms)) ask_again(download, station);
      return false;
    case FL_DOWNLOAD_DONE:
    case FL_DOWNLOAD_FAILED: break;
  }
  return false;
}

void fl_download_take_digests(fl_download *download, const fl_digests *message) {
  const uint32_t expected = (group_end(download) - download->group) * FL_CHUNK_DIGEST_BYTES;
  if (download->state != FL_DOWNLOAD_ASKING || message->artifact != download->artifact) return;
  if (message->first_chunk != download->group || message->digests.count != expected) return;
  fl_copy(download->digests, message->digests.bytes, expected);
  download->state = FL_DOWNLOAD_SORTING;
}

void fl_download_take_chunk(fl_download *download, fl_station *station, const fl_chunk *message) {
  const uint32_t chunk = message->chunk;
  if (message->artifact != download->artifact) return;
  if (message->status < 0) {
    if (download->state == FL_DOWNLOAD_ASKING || download->state == FL_DOWNLOAD_FETCHING) fail(download, message->status);
    return;
  }
  if (download->state != FL_DOWNLOAD_FETCHING || chunk < download->group || chunk >= group_end(download)) return;
  /* A wrong chunk is as good as none: it is asked for again when its time is over. */
  if (!is_wanted(download, chunk) || message->bytes.count != chunk_bytes(download, chunk)) return;
  if (!is_right(download, chunk, message->bytes.bytes)) {
    download->doubtful = true;
    return;
  }
  store(download, station, chunk, message->bytes.bytes);
  if (download->state == FL_DOWNLOAD_FETCHING) go_on(download, station);
}
