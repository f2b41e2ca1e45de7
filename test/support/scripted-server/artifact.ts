import { concatBytes, sha256 } from '#libs/base/bytes';
import {
  type ArtifactId,
  artifactId,
  CHUNK_BYTES,
  CHUNK_DIGEST_BYTES,
  type Chunk,
  type Digests,
  type Fetch,
  Status,
} from '#libs/fleet/protocol';

/** A parameter image that devices may fetch. */
export class Artifact {
  readonly id: ArtifactId;
  readonly sha256: Uint8Array;
  private readonly chunks: readonly Uint8Array[];

  constructor(
    id: number,
    readonly bytes: Uint8Array,
  ) {
    this.id = artifactId(id);
    this.sha256 = sha256(bytes);
    const count = Math.ceil(bytes.length / CHUNK_BYTES);
    this.chunks = Array.from({ length: count }, (_, i) =>
      bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
    );
  }

  digests({ firstChunk, count }: Fetch): Digests {
    const wanted = this.chunks.slice(firstChunk, firstChunk + count);
    const digests = concatBytes(wanted.map((chunk) => sha256(chunk).subarray(0, CHUNK_DIGEST_BYTES)));
    return { artifact: this.id, firstChunk, digests };
  }

  data({ firstChunk, count }: Fetch): Chunk[] {
    return this.chunks
      .slice(firstChunk, firstChunk + count)
      .map((bytes, i) => ({ kind: 'data', artifact: this.id, chunk: firstChunk + i, bytes }));
  }
}

export const unknownArtifact = ({ artifact, firstChunk }: Fetch): Chunk => ({
  kind: 'refused',
  artifact,
  chunk: firstChunk,
  status: Status.unknownArtifact,
});
