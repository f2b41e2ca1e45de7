import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';

import type { Clock } from '#libs/base/clock';

import { CLOCK, SERVER_CONFIG } from '../config/server-config.token';
import type { ServerConfig } from '../config/server-config';
import { Database, type Transaction } from '../database/database';
import { type ClaimedJob, JOB_NAMES, type JobHandler, type JobName, type NewJob } from './job';
import { JobsRepository } from './jobs.repository';

const POLL_MS = 1_000;
const MAX_ATTEMPTS = 4;
const FIRST_RETRY_MS = 2_000;

/**
 * Durable background work: a job is a row, added in the transaction that makes it necessary, and gone when it is done.
 * A process that dies in the middle leaves the row; the next one does it again, so every handler is idempotent.
 */
@Injectable()
export class JobQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly handlers = new Map<JobName, JobHandler<JobName>>();
  private readonly active = new Set<Promise<void>>();
  private poll: NodeJS.Timeout | undefined;
  private claiming: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Says who does the jobs of a name; every name needs exactly one before the server starts. */
  register<N extends JobName>(name: N, handler: JobHandler<N>): void {
    if (this.handlers.has(name)) throw new Error(`two handlers for the job ${name}`);
    this.handlers.set(name, handler);
  }

  /** Adds a job to the transaction that needs it; `wake` after the commit saves the wait for the next poll. */
  add(transaction: Transaction, job: NewJob): Promise<void> {
    return this.jobs.add(transaction, job, new Date(this.clock.now()));
  }

  wake(): void {
    if (this.isStopped) return;
    this.claiming = this.claiming
      .then(() => this.startDueJobs())
      .catch((error: unknown) => this.logger.error('no job could be claimed', error));
  }

  async onApplicationBootstrap(): Promise<void> {
    const missing = JOB_NAMES.filter((name) => !this.handlers.has(name));
    if (missing.length > 0) throw new Error(`no handler for the jobs ${missing.join(', ')}`);
    await this.database.inTransaction((transaction) => this.jobs.requeueRunning(transaction));
    this.poll = setInterval(() => this.wake(), POLL_MS);
    this.wake();
  }

  /** Lets what runs come to its end; what waits stays in the database. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.poll);
    await this.claiming;
    await Promise.all(this.active);
  }

  private async startDueJobs(): Promise<void> {
    while (!this.isStopped && this.active.size < this.config.buildConcurrency) {
      const now = new Date(this.clock.now());
      const job = await this.database.inTransaction((transaction) => this.jobs.claim(transaction, now));
      if (!job) return;
      const work = this.work(job).catch((error: unknown) =>
        this.logger.error(`job ${job.id} could not be settled`, error),
      );
      this.active.add(work);
      void work.finally(() => {
        this.active.delete(work);
        this.wake();
      });
    }
  }

  private async work(job: ClaimedJob): Promise<void> {
    const handler = this.handlers.get(job.name);
    if (!handler) throw new Error(`no handler for the job ${job.name}`);
    try {
      await handler.run(job.payload);
      await this.database.inTransaction((transaction) => this.jobs.remove(transaction, job.id));
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.logger.warn(`${job.name} ${job.key}, attempt ${job.attempt}: ${error.stack ?? error.message}`);
      await this.settleFailure(job, handler, error);
    }
  }

  private async settleFailure(job: ClaimedJob, handler: JobHandler<JobName>, error: Error): Promise<void> {
    if (job.attempt < MAX_ATTEMPTS) {
      const runAt = new Date(this.clock.now() + FIRST_RETRY_MS * 4 ** (job.attempt - 1));
      const retry = { runAt, error: error.message };
      await this.database.inTransaction((transaction) => this.jobs.putBack(transaction, job, retry));
      return;
    }
    await handler.giveUp(job.payload, error);
    await this.database.inTransaction((transaction) => this.jobs.fail(transaction, job.id, error.message));
  }
}
