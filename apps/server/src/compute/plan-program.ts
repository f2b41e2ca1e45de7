import { ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import { type GeneratedModel, sessionLayout } from '#libs/firmware/codegen';
import type { Plan } from '#libs/firmware/planner';
import { inferenceGraph, trainingProgram } from '#libs/firmware/program';
import type { DeltaLayout } from '#libs/fleet/delta';
import { type Graph, layersOf, tensorOf } from '#libs/model/ir';
import { schemeToJson } from '#libs/model/scheme';

export interface PlanProgramInput {
  /** The .tflite file. */
  readonly file: Uint8Array;
  readonly name: string;
  readonly board: Board;
}

/** A program as text, and all that is known of it before it is compiled. Plain data. */
export interface PlannedProgram {
  readonly model: GeneratedModel;
  readonly plan: Plan;
  readonly schemeName: string;
  readonly schemeJson: string;
  readonly deltaLayout: DeltaLayout;
}

/**
 * The training program of a model on a board: the largest scheme whose whole step fits the budget, planned and written
 * as C. Refused (`program.does-not-fit`, `scheme.not-trainable`, …) with one line for people.
 */
export function planProgram({ file, name, board }: PlanProgramInput): Result<PlannedProgram> {
  const inference = inferenceGraph(file, name);
  if (!inference.ok) return inference;
  const program = trainingProgram(inference.value, board);
  if (!program.ok) return program;
  const { model, plan, scheme, training } = program.value;
  const deltaLayout = deltaLayoutOf(inference.value, training);
  return ok({ model, plan, schemeName: scheme.name, schemeJson: schemeToJson(scheme), deltaLayout });
}

/** What a device of this program sends home; each variable starts from a tensor of the model version. */
function deltaLayoutOf(inference: Graph, training: Graph): DeltaLayout {
  const layers = layersOf(inference);
  const { scheme, variables } = sessionLayout(training);
  const tensorNameOf = (layer: number, kind: string): string => {
    const op = layers[layer];
    const id = kind === 'bias' ? op?.bias : op?.weights;
    if (id === undefined) throw new Error(`layer ${layer} has no ${kind}`);
    return tensorOf(inference, id).name;
  };
  return {
    schemeId: scheme,
    variables: variables.map(({ layer, kind, count }) => ({
      tensorName: tensorNameOf(layer, kind),
      kind,
      count,
    })),
  };
}
