import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import type { Result } from '#libs/base/result';

import { ComputeService } from '../compute/compute.service';
import { Database } from '../database/database';
import type { JobHandler } from '../jobs/job';
import { JobQueue } from '../jobs/job-queue';
import { ModelImages } from '../models/model-images';
import { type ModelVersion, ModelsRepository } from '../models/models.repository';
import { BlobStore } from '../storage/blob-store';
import { Memo } from './memo';
import { PROGRAM_BUILDER, type ProgramBuilder } from './program-builder';

const MAX_ENGINES = 16;

/** Runs model versions on their model's evaluation set: the devices' own code as WebAssembly, in a worker thread. */
@Injectable()
export class EvaluationService implements OnModuleInit, JobHandler<'evaluateVersion'> {
  private readonly logger = new Logger('Evaluation');
  /** By model: its versions differ in parameters only. */
  private readonly engines = new Memo<Result<Uint8Array>>(MAX_ENGINES, ({ ok }) => ok);

  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
    private readonly images: ModelImages,
    private readonly blobs: BlobStore,
    private readonly compute: ComputeService,
    private readonly jobs: JobQueue,
    @Inject(PROGRAM_BUILDER) private readonly builder: ProgramBuilder,
  ) {}

  onModuleInit(): void {
    this.jobs.register('evaluateVersion', this);
  }

  async run({ versionId }: { readonly versionId: string }): Promise<void> {
    const version = await this.models.findVersion(versionId);
    const set = version && (await this.models.evaluationSet(version.modelId));
    if (!version || !set) return;
    const image = await this.images.ensure(versionId);
    const evaluation = await this.compute.run('evaluateModel', {
      wasm: valueOf(await this.engine(version)),
      parameters: await this.blobs.get(image.digest),
      file: await this.blobs.get(version.fileDigest),
      dataset: await this.blobs.get(set.digest),
    });
    const outcome = valueOf(evaluation);
    await this.database.inTransaction(async (transaction) => {
      const current = await this.models.evaluationSet(version.modelId, transaction);
      if (current?.digest === set.digest) await this.models.saveEvaluation(transaction, versionId, outcome);
    });
  }

  giveUp({ versionId }: { readonly versionId: string }, error: Error): Promise<void> {
    this.logger.error(`version ${versionId} was not evaluated: ${error.message}`);
    return Promise.resolve();
  }

  private engine({ modelId, fileDigest }: ModelVersion): Promise<Result<Uint8Array>> {
    return this.engines.get(modelId, async () => {
      const model = await this.compute.run('planEvaluation', {
        file: await this.blobs.get(fileDigest),
        name: modelId,
        objective: await this.models.objectiveOf(modelId),
      });
      return model.ok ? this.builder.engine(model.value) : model;
    });
  }
}

/** A refusal here is no word on the model but a fault of ours or of the compiler: the job is tried again. */
function valueOf<T>(outcome: Result<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
}
