import type { Result } from '#libs/base/result';
import type { CborMap } from '../cbor';
import { refuse, type ProtocolFault } from '../faults';
import { choice, int, uint } from '../fields';
import type { ArtifactId } from '../ids';
import { MAX_CHUNKS_PER_FETCH, MAX_DIGESTS_PER_FETCH } from '../limits';
import { decodeRecord, encodeRecord, record } from '../record';

export type FetchOf = 'data' | 'digests';
export const FETCH_OF: Readonly<Record<FetchOf, number>> = { data: 0, digests: 1 };

/** `up/fetch`: asks for chunks of an artifact, or for their digests. */
export interface Fetch {
  readonly artifact: ArtifactId;
  readonly firstChunk: number;
  /** 1..8 (digests: 1..128). */
  readonly count: number;
  readonly of: FetchOf;
}

const FETCH = record<Fetch>({
  artifact: uint<ArtifactId>(1),
  firstChunk: uint(2),
  count: int(3, { least: 1, most: MAX_DIGESTS_PER_FETCH }),
  of: choice(4, FETCH_OF),
});

function read(map: CborMap): Fetch {
  const fetch = FETCH.read(map);
  if (fetch.of === 'data' && fetch.count > MAX_CHUNKS_PER_FETCH) {
    refuse('protocol.out-of-range', `${fetch.count} chunks at once, at most ${MAX_CHUNKS_PER_FETCH}`);
  }
  return fetch;
}

export const encodeFetch = (message: Fetch): Uint8Array => encodeRecord(FETCH, message);
export const decodeFetch = (payload: Uint8Array): Result<Fetch, ProtocolFault> => decodeRecord(payload, read);
