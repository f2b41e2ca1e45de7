import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { WorkerAnswer, WorkerModel, WorkerTask } from './worker';

/** Runs the tasks on all processors, one at a time on each; `ended` is told of each as it ends, in any order. */
export async function runAll<T>(
  model: WorkerModel,
  tasks: readonly T[],
  work: { readonly taskOf: (task: T) => WorkerTask; readonly ended: (task: T, answer: WorkerAnswer) => void },
): Promise<void> {
  const waiting = [...tasks];
  const lane = async (): Promise<void> => {
    const worker = new Worker(join(__dirname, 'worker.js'), { workerData: model });
    try {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        worker.postMessage(work.taskOf(task));
        const [answer] = (await once(worker, 'message')) as [WorkerAnswer];
        work.ended(task, answer);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, lane));
}
