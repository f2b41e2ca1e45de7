import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { at, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { packParameters } from '#libs/firmware/codegen';
import { stepProgram } from '#libs/firmware/program';
import { build, type Workshop } from '#libs/firmware/toolchain';
import { type Graph, objectiveOf } from '#libs/model/ir';
import type { SparseScheme } from '#libs/model/scheme';
import type { LearningRates, SessionRows } from '#libs/model/session';
import type { Terminal } from '../command';
import { readBoard } from '../model/read-board';
import { repositoryRoot } from '../repository';
import { keepScores, knownScores, scoreDigest } from './cache';
import type { Score, ScoreModel, ScoreTask } from './worker';

/** A session that is run for its score. */
export interface SessionRun {
  readonly scheme: SparseScheme;
  readonly rates: LearningRates;
  /** Of the order of the rows, and of the rounding. */
  readonly seed: number;
}

/** What all sessions have in common. */
export interface MeasureRequest {
  readonly shop: Workshop;
  readonly inference: Graph;
  /** The .tflite file. */
  readonly file: Uint8Array;
  readonly rows: SessionRows;
  readonly passes: number;
}

/** A thread needs JavaScript, so it is always the built one, also where the command runs from its sources (tests). */
const WORKER_FILE = join(repositoryRoot, 'dist', 'apps', 'cli', 'src', 'scheme', 'worker.js');
/** Whose compiler flags stand for a program that runs on no board. */
const HOST_BOARD = 'virtual-m4';

export const meanOf = (score: Score): number =>
  score.reduce((sum, probability) => sum + probability, 0) / score.length;

/**
 * The score of every run, by the generated C as WebAssembly on all processors, or kept from an earlier call. Of equal requests the
 * scores are equal.
 * Refused: as `stepProgram` and `build` refuse; `file.unwritable`.
 */
export async function scoresOf(
  request: MeasureRequest,
  runs: readonly SessionRun[],
  terminal: Terminal,
): Promise<Result<readonly Score[]>> {
  const { shop, inference, file, rows, passes } = request;
  const digest = scoreDigest({ model: file, objective: objectiveOf(inference), rows, passes, runs });
  const known = knownScores(digest, runs.length);
  if (known) {
    terminal.note(`${runs.length} runs of an earlier call with the same model, rows and settings`);
    return ok(known);
  }
  const board = await readBoard(shop, HOST_BOARD, { sram: undefined });
  if (!board.ok) return board;
  const scores = await measured({ ...request, board: board.value }, runs, ({ scheme, seed }, score, done) =>
    terminal.note(`run ${done}/${runs.length}: ${scheme.name}, seed ${seed}: ${meanOf(score).toFixed(4)}`),
  );
  if (!scores.ok) return scores;
  const kept = await keepScores(digest, scores.value);
  return kept.ok ? scores : kept;
}

type BoardRequest = MeasureRequest & { readonly board: Board };

/** @param ended told of every run as it ends */
async function measured(
  request: BoardRequest,
  runs: readonly SessionRun[],
  ended: (run: SessionRun, score: Score, done: number) => void,
): Promise<Result<readonly Score[]>> {
  const scores: Score[] = [];
  const waiting = [...runs.keys()];
  let refused: Result<never> | undefined;
  let done = 0;
  const lane = async (): Promise<void> => {
    const { rows, passes, inference } = request;
    const workerData: ScoreModel = { rows, passes, parameters: packParameters(inference) };
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
  { shop, board, inference }: BoardRequest,
  { scheme, rates, seed }: SessionRun,
): Promise<Result<ScoreTask>> {
  const program = stepProgram(inference, scheme);
  if (!program.ok) return program;
  const built = await build(shop, { program: 'harness', target: 'wasm', board, model: program.value.model });
  return built.ok ? ok({ program: built.value.binary, rates, seed }) : built;
}
