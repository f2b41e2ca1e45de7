/** Runs one task and ends: a crash or a runaway stays here, and its memory goes with it. */
import { parentPort, workerData } from 'node:worker_threads';

import { TASKS, type TaskName } from './tasks';

interface Order {
  readonly name: TaskName;
  readonly input: never;
}

const { name, input } = workerData as Order;
parentPort?.postMessage(TASKS[name](input));
