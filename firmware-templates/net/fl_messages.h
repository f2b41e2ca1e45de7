/*
 * The messages of the device protocol (PROTOCOL.md) as C structs: encoders for what a device says, decoders for what it
 * hears.
 *
 * RAM: the structs, owned by the caller; the largest is fl_job, 296 B. Under 260 B of stack, fl_cbor's included.
 * Flash: 2,300 B (Cortex-M0+ and M4, -Os, gcc 12), and fl_cbor's 1,200 B; unused encoders and decoders are dropped by the
 * linker.
 * Encoders answer the payload's length, or FL_WRONG_SIZE if it does not fit into `capacity`; FL_MAX_PAYLOAD_BYTES is
 * always enough. Decoders answer FL_OK or FL_MALFORMED; the struct is then undefined. Any bytes may be given to them.
 * Texts and byte strings of decoded messages are views into the payload, except for a job's SHA-256.
 */
#ifndef FL_MESSAGES_H
#define FL_MESSAGES_H

#include <stdint.h>

#include "fl_cbor.h"
#include "fl_codes.h"

/* ---- Device to server ---- */

typedef struct {
  uint8_t uid[FL_UID_BYTES];
  uint8_t nonce[FL_NONCE_BYTES];
  fl_view board; /* UTF-8, at most FL_MAX_BOARD_BYTES */
  fl_view core;  /* at most FL_MAX_CORE_BYTES */
  uint32_t sram_budget_bytes;
  uint32_t flash_bytes;
  fl_view label; /* at most FL_MAX_LABEL_BYTES; count 0: absent */
} fl_enrol;
int32_t fl_enrol_encode(const fl_enrol *message, uint8_t *payload, uint32_t capacity);

typedef struct {
  uint32_t boots;
  uint32_t layout;
  uint32_t scheme;
  fl_view parameter_digest; /* FL_DIGEST_BYTES, or none */
} fl_hello;
int32_t fl_hello_encode(const fl_hello *message, uint8_t *payload, uint32_t capacity);

typedef struct {
  uint32_t artifact;
  uint32_t first_chunk;
  uint32_t count;
  uint32_t of; /* FL_FETCH_DATA, FL_FETCH_DIGESTS */
} fl_fetch;
int32_t fl_fetch_encode(const fl_fetch *message, uint8_t *payload, uint32_t capacity);

typedef struct {
  uint32_t execution;
  uint32_t attempt;
  uint32_t phase; /* FL_PHASE_... */
  uint32_t pass;
  uint32_t done;
  uint32_t total;
  uint32_t loss; /* 1/65536 bit */
  uint32_t right;
  uint32_t peak_sram_bytes;
  uint32_t peak_stack_bytes;
} fl_progress;
int32_t fl_progress_encode(const fl_progress *message, uint8_t *payload, uint32_t capacity);

enum { FL_RESULT_TRAINED = 0, FL_RESULT_EVALUATED = 1, FL_RESULT_FAILED = 2 };

/* What the kind has not is not read: see PROTOCOL.md, up/result. A failure sends 11 to 14, 19 and 20 always, 21 and 22 after a pass. */
typedef struct {
  uint32_t kind; /* FL_RESULT_... */
  uint32_t execution;
  uint32_t attempt;
  int32_t status; /* of a failure, negative */
  uint32_t test_items;
  uint32_t right_before; /* an evaluation's only one */
  uint32_t right_after;
  uint32_t loss_before; /* an evaluation's only one; 1/65536 bit */
  uint32_t loss_after;
  uint32_t learned_items; /* 1..FL_MAX_LEARNED_ITEMS */
  uint32_t steps;
  const uint32_t *pass_losses; /* pass_count of them, 1/65536 bit */
  uint32_t pass_count;         /* at most FL_MAX_PASSES */
  uint32_t guard_restarts;
  uint32_t peak_sram_bytes;
  uint32_t peak_stack_bytes;
  uint8_t base_digest[FL_DIGEST_BYTES];
  uint32_t scheme;
  uint32_t delta_bytes;                  /* encoded */
  uint8_t delta_digest[FL_DIGEST_BYTES]; /* of the delta before encoding */
  uint32_t received_bytes;
  uint32_t sent_bytes;
  uint32_t end; /* FL_END_... */
  uint32_t saturated[3]; /* weights, head weights, biases */
} fl_result;
int32_t fl_result_encode(const fl_result *message, uint8_t *payload, uint32_t capacity);

typedef struct {
  uint32_t execution;
  uint32_t attempt;
  uint32_t offset;
  uint32_t count; /* 1..FL_MAX_DELTA_PIECE_BYTES */
} fl_delta_piece;
/* The caller then writes the piece's bytes to *place, which lies in the payload. */
int32_t fl_delta_piece_encode(const fl_delta_piece *message, uint8_t *payload, uint32_t capacity, uint8_t **place);

/* ---- Server to device ---- */

typedef struct {
  int32_t status; /* FL_OK: granted; negative: refused */
  uint8_t nonce[FL_NONCE_BYTES];
  fl_view device; /* granted: 1..FL_MAX_ID_BYTES of [a-z0-9-] */
  fl_view fleet;  /* granted: likewise */
  fl_view secret; /* granted: FL_SECRET_CHARS of [0-9a-f] */
  fl_view text;   /* refused: why; may be empty */
} fl_enrol_answer;
int32_t fl_enrol_answer_decode(const uint8_t *payload, uint32_t length, fl_enrol_answer *message);

/* mantissa * 2^(exponent-15) (NUMERICS N0, q15) */
typedef struct {
  uint16_t mantissa;
  int8_t exponent;
} fl_learning_rate;

typedef struct {
  uint32_t first_step;
  fl_learning_rate weights;
  fl_learning_rate bias;
  fl_learning_rate head;
} fl_learning_rates;

/* What the kind has not is 0. */
typedef struct {
  uint32_t kind; /* FL_JOB_... */
  uint32_t execution;
  uint32_t attempt;
  uint32_t artifact;
  uint32_t size_bytes;
  uint8_t sha256[FL_DIGEST_BYTES];
  uint32_t chunk_bytes;
  uint32_t layout;
  uint32_t scheme;
  uint32_t seed;
  uint32_t passes;
  uint32_t segment_count;
  fl_learning_rates segments[FL_MAX_LEARNING_RATE_SEGMENTS]; /* first steps ascend from 0 */
  uint32_t wait_ms;
  fl_view text;
  uint32_t order;      /* FL_ORDER_... */
  uint32_t below_loss; /* 1/65536 bit */
  uint32_t patience;   /* passes */
  uint32_t least_fall; /* 1/65536 bit */
} fl_job;
int32_t fl_job_decode(const uint8_t *payload, uint32_t length, fl_job *message);

typedef struct {
  uint32_t artifact;
  uint32_t first_chunk;
  fl_view digests; /* FL_CHUNK_DIGEST_BYTES each, at least one */
} fl_digests;
int32_t fl_digests_decode(const uint8_t *payload, uint32_t length, fl_digests *message);

typedef struct {
  uint32_t artifact;
  uint32_t chunk;
  int32_t status; /* FL_OK, or negative: refused, no bytes */
  fl_view bytes; /* 1..FL_CHUNK_BYTES */
} fl_chunk;
int32_t fl_chunk_decode(const uint8_t *payload, uint32_t length, fl_chunk *message);

typedef struct {
  uint32_t execution;
  uint32_t attempt;
  int32_t status;
  uint32_t have_bytes;
  fl_view text;
} fl_ack;
int32_t fl_ack_decode(const uint8_t *payload, uint32_t length, fl_ack *message);

#endif
