import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { Database } from '../database/database';
import type { JobHandler } from '../jobs/job';
import { JobQueue } from '../jobs/job-queue';
import { ModelImages } from '../models/model-images';
import { ModelsRepository } from '../models/models.repository';
import { BlobStore } from '../storage/blob-store';
import { Evaluator } from './evaluator';

/** Runs model versions on their model's evaluation set, and keeps what came out. */
@Injectable()
export class EvaluationService implements OnModuleInit, JobHandler<'evaluateVersion'> {
  private readonly logger = new Logger('Evaluation');

  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
    private readonly images: ModelImages,
    private readonly blobs: BlobStore,
    private readonly evaluator: Evaluator,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.register('evaluateVersion', this);
  }

  async run({ versionId }: { readonly versionId: string }): Promise<void> {
    const version = await this.models.findVersion(versionId);
    const set = version && (await this.models.evaluationSet(version.modelId));
    if (!version || !set) return;
    const { modelId, fileDigest } = version;
    const image = await this.images.ensure(versionId);
    const file = await this.blobs.get(fileDigest);
    const parameters = await this.blobs.get(image.digest);
    const dataset = await this.blobs.get(set.digest);
    const evaluation = await this.evaluator.evaluate({ modelId, file, parameters }, dataset);
    await this.database.inTransaction(async (transaction) => {
      const current = await this.models.evaluationSet(modelId, transaction);
      if (current?.digest === set.digest)
        await this.models.saveEvaluation(transaction, versionId, evaluation);
    });
  }

  giveUp({ versionId }: { readonly versionId: string }, error: Error): Promise<void> {
    this.logger.error(`version ${versionId} was not evaluated: ${error.message}`);
    return Promise.resolve();
  }
}
