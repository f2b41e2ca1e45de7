import { Injectable } from '@nestjs/common';

import { invariant, unwrap } from '#libs/base/result';
import { packParameters, parameterLayout } from '#libs/firmware/codegen';
import { inferenceGraph, useOf } from '#libs/firmware/program';
import type { Graph } from '#libs/model/ir';

import { Database } from '../database/database';
import { BlobStore } from '../storage/blob-store';
import { type Artifact, type ModelVersion, ModelsRepository } from './models.repository';

/** A parameter image that lies in the blob store, and has no row yet. */
export type StoredImage = Pick<Artifact, 'layout' | 'digest' | 'sizeBytes'>;

/** Parameter images: one a version, for every device and every scheme. */
@Injectable()
export class ModelImages {
  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
    private readonly blobs: BlobStore,
  ) {}

  /** Packs and keeps the image of a graph. */
  async store(graph: Graph): Promise<StoredImage> {
    const use = useOf(graph);
    const image = packParameters(graph, use);
    return {
      layout: parameterLayout(graph, use).id,
      digest: await this.blobs.put(image),
      sizeBytes: image.length,
    };
  }

  /** The newest version of a model, ready to be sent to devices. */
  async latestVersion(modelId: string): Promise<ModelVersion | undefined> {
    const version = await this.models.latestVersion(modelId);
    if (version) await this.ensure(version.id);
    return version ?? undefined;
  }

  /** The image of a version, made where there is none yet. */
  async ensure(versionId: string): Promise<Artifact> {
    const [kept] = await this.models.artifacts(versionId);
    if (kept) return kept;
    const version = await this.models.findVersion(versionId);
    invariant(version, `there is a version ${versionId}`);
    const { modelId, fileDigest } = version;
    const objective = await this.models.objectiveOf(modelId);
    const graph = unwrap(inferenceGraph(await this.blobs.get(fileDigest), modelId, objective));
    const image = await this.store(graph);
    return this.database.inTransaction((transaction) =>
      this.models.keepArtifact(transaction, { versionId, ...image }),
    );
  }
}
