import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { at, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { packParameters } from '#libs/firmware/codegen';
import { stepProgram } from '#libs/firmware/program';
import { build, type Workshop } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { defaultRates, type SparseScheme } from '#libs/model/scheme';
import type { LearningRates, SessionRows } from '#libs/model/session';
import { repositoryRoot } from '../repository';
import type { ContributionRun } from './runs';
import type { Score, ScoreModel, ScoreTask } from './worker';

/** A thread needs JavaScript, so it is always the built one, also where the command runs from its sources (tests). */
const WORKER_FILE = join(repositoryRoot, 'dist', 'apps', 'cli', 'src', 'scheme', 'worker.js');

export interface MeasureRequest {
  readonly shop: Workshop;
  /** Whose compiler flags stand for a program that runs on no board. */
  readonly board: Board;
  readonly inference: Graph;
  readonly rows: SessionRows;
  readonly passes: number;
  readonly seed: number;
}

/**
 * Every run trains at the rate of a sparse scheme, since the parts will train beside each other; the head alone at its own, as it
 * would be.
 */
export function ratesOfRun({ part, scheme }: ContributionRun): LearningRates {
  const sparse: SparseScheme = { ...scheme, weightLayers: [{ layer: 0, ratio: 1 / 2 }] };
  return defaultRates(part === 'head' ? scheme : sparse);
}

/**
 * The score of every run, by the generated C as WebAssembly on all processors. Of equal requests the scores are equal.
 * @param ended told of every run as it ends
 * Refused: as `stepProgram` and `build` refuse.
 */
export async function measuredScores(
  request: MeasureRequest,
  runs: readonly ContributionRun[],
  ended: (run: ContributionRun, score: Score, done: number) => void,
): Promise<Result<readonly Score[]>> {
  const scores: Score[] = [];
  const waiting = [...runs.keys()];
  let refused: Result<never> | undefined;
  let done = 0;
  const lane = async (): Promise<void> => {
    const { rows, passes, seed, inference } = request;
    const workerData: ScoreModel = { rows, passes, seed, parameters: packParameters(inference) };
    const worker = new Worker(WORKER_FILE, { workerData });
    try {
      for (let i = waiting.shift(); i !== undefined && !refused; i = waiting.shift()) {
        const run = at(runs, i);
        const task = await taskOf(request, run);
        if (!task.ok) {
          refused = task;
          return;
        }
        worker.postMessage(task.value);
        const [score] = (await once(worker, 'message')) as [Score];
        scores[i] = score;
        done += 1;
        ended(run, score, done);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), runs.length) }, lane));
  return refused ?? ok(scores);
}

async function taskOf(
  { shop, board, inference }: MeasureRequest,
  run: ContributionRun,
): Promise<Result<ScoreTask>> {
  const program = stepProgram(inference, run.scheme);
  if (!program.ok) return program;
  const built = await build(shop, { program: 'harness', target: 'wasm', board, model: program.value.model });
  return built.ok ? ok({ program: built.value.binary, rates: ratesOfRun(run) }) : built;
}
