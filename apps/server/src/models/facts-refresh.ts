import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { err, fault, invariant, type Result } from '#libs/base/result';
import { inferenceGraph } from '#libs/firmware/program';
import type { Graph } from '#libs/model/ir';

import { Database } from '../database/database';
import { BlobStore } from '../storage/blob-store';
import { EvaluationJobs } from './evaluation-jobs';
import { modelFacts, type ModelFacts } from './model-facts';
import { type Model, ModelsRepository } from './models.repository';

/** Reads the files of models again that were registered by a server which read other facts of them, or judged them otherwise. */
@Injectable()
export class FactsRefresh implements OnApplicationBootstrap {
  private readonly logger = new Logger('Models');

  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
    private readonly blobs: BlobStore,
    private readonly evaluations: EvaluationJobs,
  ) {}

  /** A model whose file is gone, or is one that this server no longer takes, stays as it is. */
  async onApplicationBootstrap(): Promise<void> {
    for (const model of await this.models.withOldFacts()) {
      const graph = await this.graphOf(model);
      if (graph.ok) await this.save(model, modelFacts(graph.value));
      else
        this.logger.error(
          `the file of the model ${model.name} can no longer be read: ${graph.error.message}`,
        );
    }
  }

  private async graphOf({ id, name, objective }: Model): Promise<Result<Graph>> {
    const [first] = await this.models.versions(id);
    invariant(first, `the model ${id} has a first version`);
    try {
      return inferenceGraph(await this.blobs.get(first.fileDigest), name, objective);
    } catch (error) {
      return err(fault('model.file-lost', String(error)));
    }
  }

  /** Models without classes were evaluated as if they had some: a count of right answers says nothing of their errors. */
  private async save({ id }: Model, facts: ModelFacts): Promise<void> {
    await this.database.inTransaction(async (transaction) => {
      await this.models.saveFacts(transaction, id, facts);
      if (facts.objective === 'classify') return;
      if (facts.notTrainable === null) await this.evaluations.renew(transaction, id);
      else await this.models.forgetEvaluations(transaction, id);
    });
  }
}
