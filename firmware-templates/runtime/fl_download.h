/*
 * Fetches a parameter image into the free slot (PROTOCOL.md, "Fetching"). Chunks that are there already, from an
 * interrupted fetch or in the version before, are not asked for. Nothing is believed before the SHA-256 of the whole
 * is right; if it is not, the slot is emptied and everything is fetched once more.
 *
 * It goes through the image in groups of as many chunks as one message of digests covers:
 *   ask for digests -> sort the group, sector by sector: there, to be copied, wanted -> ask for what is wanted -> next.
 *
 * RAM: sizeof(fl_download), about 0.6 KB.
 */
#ifndef FL_DOWNLOAD_H
#define FL_DOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "fl_messages.h"
#include "fl_retry.h"
#include "fl_station.h"

typedef enum {
  FL_DOWNLOAD_ASKING = 0, /* for digests */
  FL_DOWNLOAD_SORTING,
  FL_DOWNLOAD_FETCHING,
  FL_DOWNLOAD_CHECKING,
  FL_DOWNLOAD_DONE, /* `slot` holds the image, checked and complete */
  FL_DOWNLOAD_FAILED
} fl_download_state;

typedef struct {
  fl_download_state state;
  int32_t status; /* why it failed */
  uint32_t artifact;
  uint32_t bytes;
  const uint8_t *digest; /* of the whole */
  uint32_t slot;         /* being written */
  bool from_scratch;     /* the second attempt: nothing that is in flash is believed */
  uint32_t chunks;
  uint32_t group;   /* its first chunk */
  uint32_t sector;  /* of the group: the next to sort */
  uint32_t window_end;
  bool doubtful; /* a chunk did not match its digest */
  fl_retry retry;
  uint8_t wanted[FL_MAX_DIGESTS_PER_FETCH / 8]; /* bits of the group's chunks */
  uint8_t digests[FL_MAX_DIGESTS_PER_FETCH * FL_CHUNK_DIGEST_BYTES];
} fl_download;

/* The job stays in use until the download is over. */
void fl_download_start(fl_download *download, fl_station *station, const fl_job *job);

/* Works a little, asks again for what did not come. False: nothing to do until a message or a timer. */
bool fl_download_poll(fl_download *download, fl_station *station);

/* Chunks that are in place. */
uint32_t fl_download_present(const fl_download *download);

void fl_download_take_digests(fl_download *download, const fl_digests *message);
void fl_download_take_chunk(fl_download *download, fl_station *station, const fl_chunk *message);

#endif
