/** A thread of the speech bench: personalises the compiled model for one speaker after another until told to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { compileWasm, WasmModel } from '#libs/firmware/toolchain';
import type { Dataset } from '#libs/model/dataset';
import { personalise, type RunOutcome, type SessionSettings } from './run';

/** What every task of a thread needs. */
export interface WorkerModel {
  readonly program: Uint8Array;
  readonly parameters: Uint8Array;
}

export interface WorkerTask {
  /** In the quantisation of the model's input. */
  readonly dataset: Dataset;
  readonly settings: SessionSettings;
}

export type WorkerAnswer = RunOutcome;

const { program, parameters } = workerData as WorkerModel;
const learner = compileWasm(program);

parentPort?.on('message', ({ dataset, settings }: WorkerTask) => {
  const answer: WorkerAnswer = personalise(new WasmModel(learner, parameters), dataset, settings);
  parentPort?.postMessage(answer);
});
