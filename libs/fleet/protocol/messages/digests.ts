import type { Result } from '#libs/base/result';
import type { CborMap } from '../cbor';
import { refuse, type ProtocolFault } from '../faults';
import { bytes, uint } from '../fields';
import type { ArtifactId } from '../ids';
import { CHUNK_DIGEST_BYTES, MAX_DIGESTS_PER_FETCH } from '../limits';
import { decodeRecord, encodeRecord, record } from '../record';

/** `dn/digests`: how a device finds the chunks that it has already. */
export interface Digests {
  readonly artifact: ArtifactId;
  readonly firstChunk: number;
  /** The first 4 bytes of the SHA-256 of each chunk, in order; 1..128 of them. */
  readonly digests: Uint8Array;
}

const DIGESTS = record<Digests>({
  artifact: uint<ArtifactId>(1),
  firstChunk: uint(2),
  digests: bytes(3, { least: CHUNK_DIGEST_BYTES, most: CHUNK_DIGEST_BYTES * MAX_DIGESTS_PER_FETCH }),
});

function read(map: CborMap): Digests {
  const message = DIGESTS.read(map);
  if (message.digests.length % CHUNK_DIGEST_BYTES !== 0)
    refuse('protocol.out-of-range', 'a part of a digest');
  return message;
}

export const encodeDigests = (message: Digests): Uint8Array => encodeRecord(DIGESTS, message);
export const decodeDigests = (payload: Uint8Array): Result<Digests, ProtocolFault> =>
  decodeRecord(payload, read);
