import { Injectable } from '@nestjs/common';

import { sha256 } from '#libs/base/bytes';
import {
  CHUNK_BYTES,
  CHUNK_DIGEST_BYTES,
  type Chunk,
  type DeviceAddress,
  type Digests,
  type Fetch,
  type RefusalName,
  Status,
} from '#libs/fleet/protocol';

import { DevicesRepository } from '../devices/devices.repository';
import { FleetsRepository } from '../fleets/fleets.repository';
import { ModelsRepository } from '../models/models.repository';
import { BlobStore } from '../storage/blob-store';

/** Every device of a round asks for the same few images at the same time. */
const MAX_IMAGES = 16;
const MAX_GRANTS = 20_000;

interface Image {
  readonly bytes: Uint8Array;
  readonly chunkCount: number;
  /** The first 4 bytes of the SHA-256 of each chunk, in order. */
  readonly digests: Uint8Array;
}

export type FetchAnswer =
  | { readonly kind: 'digests'; readonly digests: Digests }
  | { readonly kind: 'chunks'; readonly chunks: readonly Chunk[] };

/** Answers `fetch`: chunks of parameter images, and the digests by which a device finds those it has already. */
@Injectable()
export class ArtifactServer {
  private readonly images = new Map<number, Promise<Image>>();
  /** (device, artifact) pairs that were checked. */
  private readonly grants = new Set<string>();

  constructor(
    private readonly devices: DevicesRepository,
    private readonly fleets: FleetsRepository,
    private readonly models: ModelsRepository,
    private readonly blobs: BlobStore,
  ) {}

  async answer(address: DeviceAddress, fetch: Fetch): Promise<FetchAnswer> {
    const digest = await this.grantedDigest(address, fetch.artifact);
    if (digest === undefined) return refused(fetch, 'unknownArtifact');
    const image = await this.image(fetch.artifact, digest);
    if (fetch.firstChunk + fetch.count > image.chunkCount) return refused(fetch, 'chunkOutOfRange');
    return fetch.of === 'digests' ? digestsOf(image, fetch) : chunksOf(image, fetch);
  }

  /** The image's digest, where it is of the fleet's model and in the layout of the device's program. */
  private async grantedDigest(
    { device: deviceId }: DeviceAddress,
    artifactId: number,
  ): Promise<string | undefined> {
    const artifact = await this.models.findArtifact(artifactId);
    const grant = `${deviceId} ${artifactId}`;
    if (!artifact || this.grants.has(grant)) return artifact?.digest;
    const device = await this.devices.findWithBuild(deviceId);
    const fleet = device && (await this.fleets.find(device.fleetId));
    if (device?.build?.layout !== artifact.layout || fleet?.modelId !== artifact.modelId) return undefined;
    if (this.grants.size >= MAX_GRANTS) this.grants.clear();
    this.grants.add(grant);
    return artifact.digest;
  }

  private image(id: number, digest: string): Promise<Image> {
    const kept = this.images.get(id);
    this.images.delete(id);
    const image = kept ?? this.blobs.get(digest).then(imageOf);
    image.catch(() => this.images.delete(id));
    this.images.set(id, image);
    const [oldest] = this.images.keys();
    if (this.images.size > MAX_IMAGES && oldest !== undefined) this.images.delete(oldest);
    return image;
  }
}

function imageOf(bytes: Uint8Array): Image {
  const chunkCount = Math.ceil(bytes.length / CHUNK_BYTES);
  const digests = new Uint8Array(chunkCount * CHUNK_DIGEST_BYTES);
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    digests.set(sha256(chunkBytes(bytes, chunk)).subarray(0, CHUNK_DIGEST_BYTES), chunk * CHUNK_DIGEST_BYTES);
  }
  return { bytes, chunkCount, digests };
}

const chunkBytes = (bytes: Uint8Array, chunk: number): Uint8Array =>
  bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);

const digestsOf = ({ digests }: Image, { artifact, firstChunk, count }: Fetch): FetchAnswer => ({
  kind: 'digests',
  digests: {
    artifact,
    firstChunk,
    digests: digests.subarray(firstChunk * CHUNK_DIGEST_BYTES, (firstChunk + count) * CHUNK_DIGEST_BYTES),
  },
});

const chunksOf = ({ bytes }: Image, { artifact, firstChunk, count }: Fetch): FetchAnswer => ({
  kind: 'chunks',
  chunks: Array.from({ length: count }, (_, i) => {
    const chunk = firstChunk + i;
    return { kind: 'data', artifact, chunk, bytes: chunkBytes(bytes, chunk) };
  }),
});

const refused = ({ artifact, firstChunk }: Fetch, name: RefusalName): FetchAnswer => ({
  kind: 'chunks',
  chunks: [{ kind: 'refused', artifact, chunk: firstChunk, status: Status[name] }],
});
