import type { Result } from '#libs/base/result';
import type { CborMap } from '../cbor';
import type { ProtocolFault } from '../faults';
import { bytes, fixedBytes, int, uint } from '../fields';
import type { ArtifactId } from '../ids';
import { INT32_MIN } from '../cbor-value';
import { CHUNK_BYTES } from '../limits';
import { decodeRecord, encodeRecord, record } from '../record';

/** `dn/chunk`: a chunk of an artifact. */
export interface ChunkData {
  readonly kind: 'data';
  readonly artifact: ArtifactId;
  readonly chunk: number;
  /** 1..1,024 bytes; fewer only in the last chunk. */
  readonly bytes: Uint8Array;
}

/** `dn/chunk`: the answer to a `fetch` (of data or of digests) that is refused. */
export interface ChunkRefused {
  readonly kind: 'refused';
  readonly artifact: ArtifactId;
  /** The first one that was asked for. */
  readonly chunk: number;
  /** Negative. */
  readonly status: number;
}

export type Chunk = ChunkData | ChunkRefused;

const DATA = record<Omit<ChunkData, 'kind'>>({
  artifact: uint<ArtifactId>(1),
  chunk: uint(2),
  bytes: bytes(3, { least: 1, most: CHUNK_BYTES }),
});

const REFUSED = record<Omit<ChunkRefused, 'kind'> & { readonly bytes: Uint8Array }>({
  artifact: uint<ArtifactId>(1),
  chunk: uint(2),
  bytes: fixedBytes(3, 0),
  status: int(4, { least: INT32_MIN, most: -1 }),
});

function read(map: CborMap): Chunk {
  if (!map.has(4)) return { kind: 'data', ...DATA.read(map) };
  const { artifact, chunk, status } = REFUSED.read(map);
  return { kind: 'refused', artifact, chunk, status };
}

export const encodeChunk = (message: Chunk): Uint8Array =>
  message.kind === 'data'
    ? encodeRecord(DATA, message)
    : encodeRecord(REFUSED, { ...message, bytes: new Uint8Array(0) });
export const decodeChunk = (payload: Uint8Array): Result<Chunk, ProtocolFault> => decodeRecord(payload, read);
