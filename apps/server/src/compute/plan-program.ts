import { err, fault, ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board, sramShortage } from '#libs/firmware/boards';
import { generate, type GeneratedModel, parameterLayout, sessionLayout } from '#libs/firmware/codegen';
import { placeAll, type Plan } from '#libs/firmware/planner';
import type { DeltaLayout } from '#libs/fleet/delta';
import { type Graph, layersOf, tensorOf } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { chooseScheme, schemeLadder, schemeToJson, type SparseScheme } from '#libs/model/scheme';

import { inferenceGraph } from '../models/model-facts';

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

interface Candidate {
  readonly graph: Graph;
  readonly plan: Plan;
}

/**
 * The training program of a model on a board: the largest scheme whose whole step fits the budget, planned and written
 * as C. Refused (`program.does-not-fit`, `scheme.not-trainable`, …) with one line for people.
 */
export function planProgram({ file, name, board }: PlanProgramInput): Result<PlannedProgram> {
  const inference = inferenceGraph(file, name);
  if (!inference.ok) return inference;
  const candidates = new Map<SparseScheme, Candidate>();
  const peakOf = (scheme: SparseScheme): number => {
    const candidate = planScheme(inference.value, scheme);
    candidates.set(scheme, candidate);
    return candidate.plan.peakBytes;
  };
  const ladder = schemeLadder(inference.value);
  const scheme = chooseScheme(ladder, peakOf, arenaBudget(board));
  if (!scheme.ok) {
    const { smallestPeakBytes } = scheme.error;
    return smallestPeakBytes === undefined
      ? scheme
      : err(fault('program.does-not-fit', sramShortage(name, board, smallestPeakBytes)));
  }
  const { graph, plan } = candidates.get(scheme.value) ?? planScheme(inference.value, scheme.value);
  const model = generate({ graph, plan, layout: parameterLayout(inference.value) });
  if (!model.ok) return model;
  const deltaLayout = deltaLayoutOf(inference.value, graph);
  const schemeJson = schemeToJson(scheme.value);
  return ok({ model: model.value, plan, schemeName: scheme.value.name, schemeJson, deltaLayout });
}

/** A rung of the ladder can be trained, so a refusal here is our own mistake. */
function planScheme(inference: Graph, scheme: SparseScheme): Candidate {
  const graph = trainingGraph(inference, scheme);
  if (!graph.ok) throw new Error(`${scheme.name}: ${graph.error.message}`);
  return { graph: graph.value, plan: placeAll(graph.value) };
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
