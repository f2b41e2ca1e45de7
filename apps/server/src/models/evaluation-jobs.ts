import { Injectable } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { JobQueue } from '../jobs/job-queue';
import { ModelsRepository } from './models.repository';

/** What has to be evaluated anew. */
@Injectable()
export class EvaluationJobs {
  constructor(
    private readonly models: ModelsRepository,
    private readonly jobs: JobQueue,
  ) {}

  /** The figures of all versions of a model are of another set, or were counted otherwise. `JobQueue.wake` after the commit saves a wait. */
  async renew(transaction: Transaction, modelId: string): Promise<void> {
    for (const versionId of await this.models.forgetEvaluations(transaction, modelId))
      await this.jobs.add(transaction, { name: 'evaluateVersion', key: versionId, payload: { versionId } });
  }
}
