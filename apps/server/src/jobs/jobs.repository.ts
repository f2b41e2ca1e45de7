import { Injectable } from '@nestjs/common';

import type { Transaction } from '../database/database';
import { newId } from '../database/new-id';
import type { ClaimedJob, JobName, JobPayloads, NewJob } from './job';

@Injectable()
export class JobsRepository {
  /** Adds a job unless the same one waits already. */
  async add(transaction: Transaction, { name, key, payload }: NewJob, at: Date): Promise<void> {
    if (await isWaiting(transaction, { name, key })) return;
    const data = { id: newId('job'), name, key, payload: JSON.stringify(payload), runAt: at, createdAt: at };
    await transaction.job.create({ data: { ...data, waiting: waitingMark({ name, key }) } });
  }

  /** Takes the next job that is due; never one whose like is being done. */
  async claim(transaction: Transaction, at: Date): Promise<ClaimedJob | undefined> {
    const running = await transaction.job.findMany({
      where: { state: 'running' },
      select: { name: true, key: true },
    });
    const due = await transaction.job.findFirst({
      where: { state: 'queued', runAt: { lte: at }, NOT: running },
      orderBy: [{ runAt: 'asc' }, { id: 'asc' }],
    });
    if (!due) return undefined;
    const attempt = due.attempts + 1;
    await transaction.job.update({
      where: { id: due.id },
      data: { state: 'running', waiting: null, attempts: attempt },
    });
    const payload = JSON.parse(due.payload) as JobPayloads[JobName];
    return { id: due.id, name: due.name as JobName, key: due.key, payload, attempt };
  }

  async remove(transaction: Transaction, id: string): Promise<void> {
    await transaction.job.delete({ where: { id } });
  }

  /** Puts a job back; where its like was added meanwhile, that one is enough. */
  async putBack(
    transaction: Transaction,
    job: ClaimedJob,
    { runAt, error }: { runAt: Date; error: string },
  ): Promise<void> {
    if (await isWaiting(transaction, job)) return this.remove(transaction, job.id);
    const data = { state: 'queued', waiting: waitingMark(job), runAt, lastError: error };
    await transaction.job.update({ where: { id: job.id }, data });
  }

  async fail(transaction: Transaction, id: string, error: string): Promise<void> {
    await transaction.job.update({
      where: { id },
      data: { state: 'failed', waiting: null, lastError: error },
    });
  }

  /** Jobs that a process that died was doing wait again. */
  async requeueRunning(transaction: Transaction): Promise<void> {
    for (const { id, name, key } of await transaction.job.findMany({ where: { state: 'running' } })) {
      if (await isWaiting(transaction, { name, key })) await this.remove(transaction, id);
      else
        await transaction.job.update({
          where: { id },
          data: { state: 'queued', waiting: waitingMark({ name, key }) },
        });
    }
  }
}

interface Subject {
  readonly name: string;
  readonly key: string;
}

const waitingMark = ({ name, key }: Subject): string => `${name} ${key}`;

const isWaiting = async (transaction: Transaction, job: Subject): Promise<boolean> =>
  (await transaction.job.count({ where: { waiting: waitingMark(job) } })) > 0;
