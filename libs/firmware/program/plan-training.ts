import { err, fault, ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board, sramShortage } from '#libs/firmware/boards';
import { type Plan, placeAll } from '#libs/firmware/planner';
import type { Graph } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { chooseScheme, schemeLadder, type SparseScheme } from '#libs/model/scheme';

/** The whole training step of a scheme, with a place for everything. */
export interface PlannedStep {
  readonly scheme: SparseScheme;
  readonly training: Graph;
  readonly plan: Plan;
}

/** The step of a scheme, placed as tightly as can be, whatever the budget. */
export function planStep(inference: Graph, scheme: SparseScheme): Result<PlannedStep> {
  const training = trainingGraph(inference, scheme);
  if (!training.ok) return training;
  return ok({ scheme, training: training.value, plan: placeAll(training.value) });
}

/** Every rung of the model's ladder, placed. Rungs can be trained, so nothing is refused. */
export const planLadder = (inference: Graph): readonly PlannedStep[] =>
  schemeLadder(inference).map((scheme) => planRung(inference, scheme));

/**
 * The last rung of the ladder whose arena fits on the board; rungs are planned from the top until one fits.
 * Refused: `program.does-not-fit` (with the least budget that would do), `scheme.not-trainable`.
 */
export function planTraining(inference: Graph, board: Board): Result<PlannedStep> {
  const steps = new Map<SparseScheme, PlannedStep>();
  const peakOf = (scheme: SparseScheme): number => {
    const step = planRung(inference, scheme);
    steps.set(scheme, step);
    return step.plan.peakBytes;
  };
  const chosen = chooseScheme(schemeLadder(inference), peakOf, arenaBudget(board));
  if (chosen.ok) return ok(steps.get(chosen.value) ?? planRung(inference, chosen.value));
  const { smallestPeakBytes } = chosen.error;
  if (smallestPeakBytes === undefined) return chosen;
  return err(fault('program.does-not-fit', sramShortage(inference.name, board, smallestPeakBytes)));
}

function planRung(inference: Graph, scheme: SparseScheme): PlannedStep {
  const step = planStep(inference, scheme);
  if (!step.ok) throw new Error(`${scheme.name} is on the ladder, but: ${step.error.message}`);
  return step.value;
}
