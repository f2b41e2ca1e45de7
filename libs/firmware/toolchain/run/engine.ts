import { invariant, ok, type Result } from '#libs/base/result';
import { type ForwardJob, packJob, type TrainJob } from './job';
import {
  type ForwardResult,
  type Observed,
  readForwardResult,
  readTrainResult,
  resultCapacity,
  type RunFault,
  type TrainResult,
} from './result';

/** A built harness that can do jobs: the same bytes come from every engine. */
export interface Engine {
  /** The model on each input. */
  forward(job: ForwardJob): Promise<Result<ForwardResult, RunFault>>;
  /** A whole session. */
  train(job: TrainJob): Promise<Result<TrainResult, RunFault>>;
}

/** What a program left behind. */
export interface Outcome {
  readonly result: Uint8Array;
  readonly instructions?: number;
}

/** Hands a packed job to a program and brings its result; at most `capacity` bytes are needed. */
export type Outside = (job: Uint8Array, capacity: number) => Promise<Result<Outcome, RunFault>>;

/** An engine from a way to run the harness. */
export function engineOver(build: Observed, outside: Outside): Engine {
  const { facts, writes } = build;
  return {
    async forward(job) {
      const ran = await outside(packJob(job, writes), resultCapacity(build, job.inputs.length, 0));
      if (!ran.ok) return ran;
      const { result, instructions } = ran.value;
      const read = readForwardResult(result, build);
      return read.ok && instructions !== undefined ? ok({ ...read.value, instructions }) : read;
    },
    async train(job) {
      invariant(facts.training, `${facts.name} was built for inference only`);
      const capacity = resultCapacity(build, job.inputs.length, job.steps.length);
      const ran = await outside(packJob(job, writes), capacity);
      return ran.ok ? readTrainResult(ran.value.result, build) : ran;
    },
  };
}
