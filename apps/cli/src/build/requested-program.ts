import { err, type Fault, fault, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import type { FeatureRoom } from '#libs/firmware/program';
import type { Workshop } from '#libs/firmware/toolchain';
import type { Objective } from '#libs/model/ir';
import type { Wishes } from '../model/fitting-program';
import { type BudgetWords, readBoard } from '../model/read-board';
import { type ModelFile, readModel } from '../model/read-model';
import { type CompiledProgram, compileProgram } from './compiled-program';
import { readTrainChoice, type TrainChoice } from './train-choice';

/** What a command that compiles a model for a board is told, as it is typed. */
export interface ProgramWords extends BudgetWords {
  /** The file of the model. */
  readonly model: string;
  readonly board: string;
  readonly train: string;
  readonly objective: Objective | undefined;
  readonly optimize: Wishes['optimize'];
  readonly 'input-rows': boolean;
}

/** A program, and what it was made of. */
export interface RequestedProgram {
  readonly board: Board;
  readonly model: ModelFile;
  readonly program: CompiledProgram;
}

/** What a board is given that it could do without. */
export interface Extras {
  readonly kernels: (board: Board) => Wishes['kernels'];
  readonly cache: (board: Board) => FeatureRoom | undefined;
}

/**
 * Reads board, scheme and model, and compiles the model for that board.
 * Refused: `build.no-rows`, and as `readBoard`, `readTrainChoice`, `readModel` and `compileProgram` refuse.
 */
export async function requestedProgram(
  shop: Workshop,
  words: ProgramWords,
  extras: Extras,
): Promise<Result<RequestedProgram>> {
  const board = await readBoard(shop, words.board, words);
  if (!board.ok) return board;
  const train = readTrainChoice(words.train);
  if (!train.ok) return train;
  const noRows = rowsFault(words['input-rows'], train.value);
  if (noRows) return err(noRows);
  const model = readModel(words.model, words.objective);
  if (!model.ok) return model;
  const program = compileProgram({
    inference: model.value.inference,
    board: board.value,
    train: train.value,
    optimize: words.optimize,
    inputRows: words['input-rows'],
    kernels: extras.kernels(board.value),
    cache: extras.cache(board.value),
  });
  return program.ok ? ok({ board: board.value, model: model.value, program: program.value }) : program;
}

/** Steps of training read their input again. */
const rowsFault = (inputRows: boolean, train: TrainChoice): Fault | undefined =>
  inputRows && train.kind !== 'none'
    ? fault('build.no-rows', 'training reads its input more than once: --input-rows goes with --train none')
    : undefined;
