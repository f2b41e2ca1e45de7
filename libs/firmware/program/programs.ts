import { ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { generate, type GeneratedModel, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { placeAll } from '#libs/firmware/planner';
import type { Graph } from '#libs/model/ir';
import { schemeLadder, type SparseScheme } from '#libs/model/scheme';
import { useOf } from './inference-graph';
import { planStep, type PlannedStep, type StepRequest } from './plan-training';
import { planTraining } from './scheme-search';

/** A training program as text, and all that is known of it before it is compiled. Plain data. */
export interface TrainingProgram extends PlannedStep {
  readonly model: GeneratedModel;
}

/** The program that trains as much of a model as fits a board. Refusals: those of `planTraining` and `generate`. */
export function trainingProgram(
  inference: Graph,
  board: Board,
  options: Parameters<typeof planTraining>[2] = {},
): Result<TrainingProgram> {
  const step = planTraining(inference, board, options);
  return step.ok ? written(inference, step.value) : step;
}

/** The program that trains what a given scheme says, whatever the budget. */
export function stepProgram(
  inference: Graph,
  scheme: SparseScheme,
  request: StepRequest = {},
): Result<TrainingProgram> {
  const step = planStep(inference, scheme, request);
  return step.ok ? written(inference, step.value) : step;
}

/**
 * The program that evaluates a model: the least scheme of its ladder, so that the head is computed as devices compute
 * it; plain inference where nothing can be trained.
 */
export function evaluationProgram(inference: Graph): Result<GeneratedModel> {
  const [least] = schemeLadder(inference);
  if (least) {
    const program = stepProgram(inference, least);
    return program.ok ? ok(program.value.model) : program;
  }
  const layout = parameterLayout(inference, useOf(inference));
  return generate({ graph: inference, plan: placeAll(inference), layout });
}

/** A planned step as text. Refused: as `generate` refuses. */
export function written(inference: Graph, step: PlannedStep): Result<TrainingProgram> {
  return writtenFor(inference, step);
}

/** A training program with a parameter image that is its own. */
export interface LinkedTrainingProgram extends TrainingProgram {
  readonly parameters: Uint8Array;
}

/**
 * A planned step as text, for a program that has its parameters linked in: their image leaves out what this scheme never
 * reads, so that no other program takes it.
 */
export function writtenWithParameters(inference: Graph, step: PlannedStep): Result<LinkedTrainingProgram> {
  const program = writtenFor(inference, step, step.training);
  if (!program.ok) return program;
  return ok({ ...program.value, parameters: packParameters(inference, 'training', step.training) });
}

function writtenFor(inference: Graph, step: PlannedStep, only?: Graph): Result<TrainingProgram> {
  const { training: graph, plan, prefix } = step;
  const layout = parameterLayout(inference, 'training', only);
  const model = generate({ graph, plan, ...(prefix && { prefix }), layout });
  return model.ok ? ok({ ...step, model: model.value }) : model;
}
