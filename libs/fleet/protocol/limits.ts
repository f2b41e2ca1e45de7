/** The numbers of PROTOCOL.md. All sizes in bytes. */

export const PROTOCOL_VERSION = 1;

/** A payload, CBOR and all. */
export const MAX_PAYLOAD_BYTES = 1280;
/** Maps and arrays inside one another, the outermost map included. */
export const MAX_CBOR_DEPTH = 3;

export const UID_BYTES = 8;
export const NONCE_BYTES = 8;
export const DIGEST_BYTES = 32;
export const MAX_BOARD_BYTES = 32;
export const MAX_CORE_BYTES = 16;
export const MAX_LABEL_BYTES = 32;
export const MAX_TEXT_BYTES = 200;
/** A fleet's or a device's id. */
export const MAX_ID_BYTES = 32;

/** One chunk of an artifact; the last of an artifact may be shorter. */
export const CHUNK_BYTES = 1024;
/** Data chunks in one `fetch`. */
export const MAX_CHUNKS_PER_FETCH = 8;
/** Digests in one `fetch`, 4 bytes each. */
export const MAX_DIGESTS_PER_FETCH = 128;
export const CHUNK_DIGEST_BYTES = 4;

/** One piece of an encoded delta. */
export const MAX_DELTA_PIECE_BYTES = 1024;
/** `delta` messages that a device may have sent beyond the last `ack`. */
export const MAX_DELTA_PIECES_AHEAD = 8;

export const MAX_PASSES = 100;
/** Items that a session may have learned from: the most that a delta can count for in an average. */
export const MAX_LEARNED_ITEMS = 65_535;
export const MAX_LEARNING_RATE_SEGMENTS = 12;
/** A loss counts as at most so much (NUMERICS N11): 16 bit, in 1/65536 bit. */
export const MAX_LOSS = 1_048_576;

/** The largest `wait`: a day, milliseconds. */
export const MAX_WAIT_MS = 86_400_000;

/** How a device repeats what was not answered: doubled from the first to the last, each with full jitter; milliseconds. */
export const FIRST_REPEAT_MS = 2000;
export const LAST_REPEAT_MS = 30_000;
