/*
 * Numbers of the device protocol (libs/fleet/protocol/PROTOCOL.md). A spec holds this file equal to the TypeScript
 * tables. RAM 0, flash 0: constants only.
 */
#ifndef FL_CODES_H
#define FL_CODES_H

/* Status codes: 0 or positive is well, negative a refusal or a failure. */
enum {
  FL_OK = 0,
  FL_STORED = 1,              /* the execution is over and kept */
  FL_MALFORMED = -1,          /* the message is not what the protocol says */
  FL_TOKEN_REFUSED = -2,      /* the enrolment token is unknown, expired or used up */
  FL_UID_CONFLICT = -3,       /* this board is enrolled already, with another nonce */
  FL_UNKNOWN_EXECUTION = -4,  /* no such execution of this device, or an older attempt */
  FL_WRONG_BASE = -5,         /* the delta was trained from another model version */
  FL_WRONG_SCHEME = -6,       /* the delta is of another scheme */
  FL_WRONG_SIZE = -7,         /* the sizes do not agree */
  FL_WRONG_DIGEST = -8,       /* the SHA-256 does not match */
  FL_CHUNK_OUT_OF_RANGE = -9, /* no such chunk, or too many at once */
  FL_UNKNOWN_ARTIFACT = -10,  /* no such artifact, or not this device's */
  FL_DOES_NOT_FIT = -11,      /* there is no way to run the model in this memory */
  FL_CLOSED = -12,            /* the round was closed before */
  FL_DIVERGED = -13,          /* training diverged; the old weights stay */
  FL_FLASH_FAILED = -14,      /* the device could not store what it received */
  FL_WRONG_PROGRAM = -15,     /* the program was built for another layout or scheme */
  FL_NO_DATA = -16            /* there are no items to learn from or to test on */
};

/* Phases of a session (progress, key 3). */
enum {
  FL_PHASE_FETCHING = 1,
  FL_PHASE_EVALUATING_BEFORE = 2,
  FL_PHASE_TRAINING = 3,
  FL_PHASE_EVALUATING_AFTER = 4,
  FL_PHASE_UPLOADING = 5
};

/* Kinds of jobs (job, key 3). */
enum { FL_JOB_WAIT = 0, FL_JOB_TRAIN = 1, FL_JOB_EVALUATE = 2, FL_JOB_REFUSED = 3, FL_JOB_INSTALL = 4 };

/* What a pass meets (job, key 15): every item once, or every class as often as any other. */
enum { FL_ORDER_SHUFFLED = 0, FL_ORDER_BALANCED = 1 };

/* Why a session made no further pass (result, key 21): all were made, or NUMERICS N11 ended it. */
enum { FL_END_PASSES = 0, FL_END_LOW_LOSS = 1, FL_END_NO_PROGRESS = 2, FL_END_GUARD = 3 };

/* What a fetch asks for (fetch, key 4). */
enum { FL_FETCH_DATA = 0, FL_FETCH_DIGESTS = 1 };

/* Limits, bytes unless told. */
enum {
  FL_PROTOCOL_VERSION = 1,
  FL_MAX_PAYLOAD_BYTES = 1280,
  FL_MAX_CBOR_DEPTH = 3,
  FL_UID_BYTES = 8,
  FL_NONCE_BYTES = 8,
  FL_DIGEST_BYTES = 32,
  FL_SECRET_CHARS = 64,
  FL_MAX_BOARD_BYTES = 32,
  FL_MAX_CORE_BYTES = 16,
  FL_MAX_LABEL_BYTES = 32,
  FL_MAX_TEXT_BYTES = 200,
  FL_MAX_ID_BYTES = 32,
  FL_CHUNK_BYTES = 1024,
  FL_MAX_CHUNKS_PER_FETCH = 8,    /* chunks */
  FL_MAX_DIGESTS_PER_FETCH = 128, /* digests */
  FL_CHUNK_DIGEST_BYTES = 4,
  FL_MAX_DELTA_PIECE_BYTES = 1024,
  FL_MAX_DELTA_PIECES_AHEAD = 8,       /* messages */
  FL_MAX_PASSES = 100,                 /* passes */
  FL_MAX_LEARNED_ITEMS = 65535,        /* items */
  FL_MAX_LEARNING_RATE_SEGMENTS = 12,  /* segments */
  FL_MAX_LOSS = 1048576,               /* 1/65536 bit */
  FL_MAX_WAIT_MS = 86400000,           /* ms */
  FL_FIRST_REPEAT_MS = 2000,           /* ms */
  FL_LAST_REPEAT_MS = 30000            /* ms */
};

#endif
