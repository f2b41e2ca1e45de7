import { invariant, type Result } from '#libs/base/result';
import type { ModelFacts } from '#libs/firmware/codegen';
import { type ForwardJob, packJob, type TrainJob } from './job';
import {
  type ForwardResult,
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

/** Hands a packed job to a program and brings its result; at most `capacity` bytes are needed. */
export type Outside = (job: Uint8Array, capacity: number) => Promise<Result<Uint8Array, RunFault>>;

/** An engine from a way to run the harness. */
export function engineOver(facts: ModelFacts, outside: Outside): Engine {
  const capacity = (job: ForwardJob, steps: number): number =>
    resultCapacity(facts, job.inputs.length, steps);
  return {
    async forward(job) {
      const result = await outside(packJob(job), capacity(job, 0));
      return result.ok ? readForwardResult(result.value) : result;
    },
    async train(job) {
      invariant(facts.training, `${facts.name} was built for inference only`);
      const result = await outside(packJob(job), capacity(job, job.steps.length));
      return result.ok ? readTrainResult(result.value) : result;
    },
  };
}
