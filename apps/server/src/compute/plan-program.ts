import { ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { type GeneratedModel, sessionLayout } from '#libs/firmware/codegen';
import type { Plan } from '#libs/firmware/planner';
import { inferenceGraph, roomOn, trainingProgram } from '#libs/firmware/program';
import { deltaLayoutOf } from '#libs/fleet/aggregate';
import type { DeltaLayout } from '#libs/fleet/delta';
import type { Objective } from '#libs/model/ir';
import { schemeToJson } from '#libs/model/scheme';

export interface PlanProgramInput {
  /** The .tflite file. */
  readonly file: Uint8Array;
  readonly name: string;
  /** Absent: what the file looks like. */
  readonly objective?: Objective;
  readonly board: Board;
}

/** A program as text, and all that is known of it before it is compiled. Plain data. */
export interface PlannedProgram {
  readonly model: GeneratedModel;
  /** Of the step; behind the model's prefix, where it has one. */
  readonly plan: Plan;
  readonly schemeName: string;
  readonly schemeJson: string;
  readonly deltaLayout: DeltaLayout;
}

/**
 * The training program of a model on a board: the largest scheme whose whole step fits the budget, planned and written
 * as C. Refused (`program.does-not-fit`, `scheme.not-trainable`, …) with one line for people.
 */
export function planProgram({ file, name, objective, board }: PlanProgramInput): Result<PlannedProgram> {
  const inference = inferenceGraph(file, name, objective);
  if (!inference.ok) return inference;
  const program = trainingProgram(inference.value, board, { cache: roomOn(board) });
  if (!program.ok) return program;
  const { model, plan, scheme, training } = program.value;
  const deltaLayout = deltaLayoutOf(sessionLayout(training).scheme, training);
  return ok({ model, plan, schemeName: scheme.name, schemeJson: schemeToJson(scheme), deltaLayout });
}
