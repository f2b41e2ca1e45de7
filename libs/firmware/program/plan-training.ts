import { err, fault, ok, type Result } from '#libs/base/result';
import { arenaBudget, type Board, sramShortage } from '#libs/firmware/boards';
import { type Plan, placeAll, type PlanRequest } from '#libs/firmware/planner';
import type { Graph } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { chooseScheme, schemeLadder, type SparseScheme } from '#libs/model/scheme';

/** The whole training step of a scheme, with a place for everything. */
export interface PlannedStep {
  readonly scheme: SparseScheme;
  readonly training: Graph;
  readonly plan: Plan;
}

/** How long to look for a better plan; nothing given: as long as pays. */
type PlanEffort = Pick<PlanRequest, 'tries' | 'looks'>;

/** A budget: what does not fit as it is runs row by row where that helps. None: everything whole. */
type PlanBudget = Partial<Pick<PlanRequest, 'optimize' | 'budgetBytes'>>;

/** Good enough for the lower bound. */
const AT_ONCE: PlanEffort = { tries: 0, looks: 0 };

/** The step of a scheme, placed as tightly as can be, whatever the budget. */
export function planStep(
  inference: Graph,
  scheme: SparseScheme,
  request: PlanEffort & PlanBudget = {},
): Result<PlannedStep> {
  const training = trainingGraph(inference, scheme);
  if (!training.ok) return training;
  return ok({ scheme, training: training.value, plan: placeAll(training.value, request) });
}

const within = (board: Board): PlanBudget => ({ optimize: 'speed', budgetBytes: arenaBudget(board) });

/** Every rung of the model's ladder, placed as for that board, or whole. Rungs can be trained, so nothing is refused. */
export const planLadder = (inference: Graph, board?: Board): readonly PlannedStep[] =>
  schemeLadder(inference).map((scheme) => planRung(inference, scheme, board ? within(board) : {}));

/**
 * The last rung of the ladder whose arena fits on the board; rungs are planned from the top until one fits. A plan without search tells
 * the lower bound: what is over the budget even there needs no better plan.
 * Refused: `program.does-not-fit` (by how much, and the least budget that would do), `scheme.not-trainable`.
 */
export function planTraining(inference: Graph, board: Board): Result<PlannedStep> {
  const ladder = schemeLadder(inference);
  const budget = arenaBudget(board);
  const request = within(board);
  const peakOf = (scheme: SparseScheme): number => {
    const { lowerBoundBytes, peakBytes } = planRung(inference, scheme, { ...AT_ONCE, ...request }).plan;
    if (lowerBoundBytes > budget) return lowerBoundBytes;
    return peakBytes <= budget ? peakBytes : planRung(inference, scheme, request).plan.peakBytes;
  };
  const chosen = chooseScheme(ladder, peakOf, budget);
  if (chosen.ok) return ok(planRung(inference, chosen.value, request));
  const [least] = ladder;
  if (chosen.error.smallestPeakBytes === undefined || !least) return chosen;
  const { peakBytes } = planRung(inference, least, request).plan;
  return err(fault('program.does-not-fit', sramShortage(inference.name, board, peakBytes)));
}

function planRung(
  inference: Graph,
  scheme: SparseScheme,
  request: PlanEffort & PlanBudget = {},
): PlannedStep {
  const step = planStep(inference, scheme, request);
  if (!step.ok) throw new Error(`${scheme.name} is on the ladder, but: ${step.error.message}`);
  return step.value;
}
