import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';

import { inferenceGraph } from '#libs/firmware/program';

import { Database } from '../database/database';
import { BlobStore } from '../storage/blob-store';
import { modelFacts } from './model-facts';
import { type Model, ModelsRepository } from './models.repository';

/** Reads the files of models again that were registered by a server which read other facts of them, or judged them otherwise. */
@Injectable()
export class FactsRefresh implements OnApplicationBootstrap {
  private readonly logger = new Logger('Models');

  constructor(
    private readonly database: Database,
    private readonly models: ModelsRepository,
    private readonly blobs: BlobStore,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const model of await this.models.withOldFacts()) await this.refresh(model);
  }

  /** A model whose file this server no longer takes stays as it is. */
  private async refresh({ id, name, objective }: Model): Promise<void> {
    const [first] = await this.models.versions(id);
    const graph = first && inferenceGraph(await this.blobs.get(first.fileDigest), name, objective);
    if (!graph?.ok) {
      this.logger.error(
        `the file of the model ${name} can no longer be read: ${graph?.error.message ?? 'none'}`,
      );
      return;
    }
    const facts = modelFacts(graph.value);
    await this.database.inTransaction((transaction) => this.models.saveFacts(transaction, id, facts));
  }
}
