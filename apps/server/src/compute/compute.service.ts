import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

import { repositoryRoot } from '../config/repository-root';
import type { TaskInput, TaskName, TaskOutput } from './tasks';

/** A thread needs JavaScript, so it is always the built one, also where the server runs from its sources (tests). */
const WORKER_FILE = join(repositoryRoot, 'dist', 'apps', 'server', 'src', 'compute', 'worker.js');
const TIMEOUT_MS = 300_000;
const WORKER_LIMITS = { maxOldGenerationSizeMb: 1_024 };

/** Runs the tasks of tasks.ts, each in a thread of its own. How many at a time is the job queue's business. */
@Injectable()
export class ComputeService implements OnApplicationShutdown {
  private readonly workers = new Set<Worker>();

  run<N extends TaskName>(name: N, input: TaskInput<N>): Promise<TaskOutput<N>> {
    const worker = new Worker(WORKER_FILE, { workerData: { name, input }, resourceLimits: WORKER_LIMITS });
    this.workers.add(worker);
    const timer = setTimeout(() => void worker.terminate(), TIMEOUT_MS);
    return new Promise<TaskOutput<N>>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () =>
        reject(new Error(`${name} ended without a result; it may have run out of time`)),
      );
    }).finally(() => {
      clearTimeout(timer);
      this.workers.delete(worker);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
  }
}
