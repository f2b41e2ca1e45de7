import { err, fault, ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board } from '#libs/firmware/boards';
import { type GeneratedModel, packParameters } from '#libs/firmware/codegen';
import type { Plan } from '#libs/firmware/planner';
import {
  type FeatureRoom,
  type PlannedPrefix,
  stepProgram,
  type TrainingProgram,
  trainingProgram,
} from '#libs/firmware/program';
import type { Graph } from '#libs/model/ir';
import type { SparseScheme } from '#libs/model/scheme';
import { fittingProgram, type Wishes } from '../model/fitting-program';
import type { TrainChoice } from './train-choice';

/** A model compiled to C, for training or for inference alone. */
export interface CompiledProgram {
  /** What `model` runs: the inference graph, or the graph of a training step. */
  readonly graph: Graph;
  readonly plan: Plan;
  /** What a device computes once a sample, before `graph`. */
  readonly prefix?: PlannedPrefix;
  readonly model: GeneratedModel;
  readonly parameters: Uint8Array;
  /** What is trained; absent where nothing is. */
  readonly scheme?: SparseScheme;
}

export interface CompileRequest {
  readonly inference: Graph;
  readonly board: Board;
  readonly train: TrainChoice;
  readonly optimize: Wishes['optimize'];
  /** Inference only. */
  readonly inputRows: boolean;
  readonly kernels: Wishes['kernels'];
  /** Training: what the device can keep beside a sample. */
  readonly cache: FeatureRoom | undefined;
}

/** From a model to C that was planned to fit a board. */
export function compileProgram({
  inference,
  board,
  train,
  optimize,
  inputRows,
  kernels,
  cache,
}: CompileRequest): Result<CompiledProgram> {
  switch (train.kind) {
    case 'none': {
      // The program that is linked is the model and next to nothing: what the runtime of a device takes is not kept free.
      const budgetBytes = arenaBudget({ ...board, reserveBytes: 0 });
      const program = fittingProgram(inference, {
        optimize,
        budgetBytes,
        inputRows,
        kernels,
        dropConstant: true,
      });
      return program.ok ? ok({ ...program.value, graph: program.value.inference }) : program;
    }
    case 'auto': {
      const program = trainingProgram(inference, board, { cache });
      return program.ok ? ok(trained(inference, program.value)) : withHint(program.error);
    }
    case 'scheme': {
      const program = stepProgram(inference, train.scheme, { cache });
      if (!program.ok) return program;
      const { arenaBytes } = program.value.model.facts;
      return arenaBytes <= arenaBudget(board)
        ? ok(trained(inference, program.value))
        : err(schemeDoesNotFit(train.scheme, arenaBytes, board));
    }
  }
}

const trained = (
  inference: Graph,
  { training, plan, prefix, model, scheme }: TrainingProgram,
): CompiledProgram => ({
  graph: training,
  plan,
  ...(prefix && { prefix }),
  model,
  scheme,
  parameters: packParameters(inference),
});

/** Training takes more than inference: there is a way out. */
const withHint = ({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): Result<CompiledProgram> => err(fault(code, `${message}; --train none builds inference alone`));

function schemeDoesNotFit(scheme: SparseScheme, arenaBytes: number, board: Board) {
  const budget = arenaBudget(board);
  return fault(
    'program.does-not-fit',
    `scheme ${scheme.name} needs an arena of ${arenaBytes} bytes, ${arenaBytes - budget} more than the ${budget} that ${board.name} ` +
      `has left with ${board.budget.sramBytes} bytes of SRAM; --train auto takes the largest scheme that fits`,
  );
}
