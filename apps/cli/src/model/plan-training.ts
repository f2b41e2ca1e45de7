import { err, fault, ok, type Result, unwrap } from '#libs/base/result';
import { arenaBudget, type Board, sramShortage } from '#libs/firmware/boards';
import { type Plan, placeAll } from '#libs/firmware/planner';
import type { Graph } from '#libs/model/ir';
import { trainingGraph } from '#libs/model/passes';
import { chooseScheme, type SchemeFault, schemeLadder, type SparseScheme } from '#libs/model/scheme';

/** What a board will train of a model, and where everything lies meanwhile. */
export interface TrainingPlan {
  readonly scheme: SparseScheme;
  /** The whole training step as a graph. */
  readonly training: Graph;
  readonly plan: Plan;
  /** Every scheme of the model, with the arena that it needs. */
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly scheme: SparseScheme;
  readonly arenaBytes: number;
}

/** The largest scheme whose arena fits on the board. */
export function planTraining(inference: Graph, board: Board): Result<TrainingPlan> {
  const ladder = schemeLadder(inference);
  const steps = new Map(ladder.map((scheme) => [scheme, planOf(inference, scheme)]));
  const stepOf = (scheme: SparseScheme): Step => steps.get(scheme) ?? planOf(inference, scheme);
  const chosen = chooseScheme(ladder, (scheme) => stepOf(scheme).plan.peakBytes, arenaBudget(board));
  if (!chosen.ok) return explained(chosen.error, inference, board);
  const candidates = ladder.map((scheme) => ({ scheme, arenaBytes: stepOf(scheme).plan.peakBytes }));
  return ok({ scheme: chosen.value, ...stepOf(chosen.value), candidates });
}

/** Says a lack of memory in terms of the device. */
function explained(refusal: SchemeFault, { name }: Graph, board: Board): Result<TrainingPlan> {
  const { code, smallestPeakBytes } = refusal;
  return smallestPeakBytes === undefined
    ? err(refusal)
    : err(fault(code, sramShortage(name, board, smallestPeakBytes)));
}

type Step = Pick<TrainingPlan, 'training' | 'plan'>;

/** Schemes of the ladder can be trained, so nothing is refused here. */
function planOf(inference: Graph, scheme: SparseScheme): Step {
  const training = unwrap(trainingGraph(inference, scheme));
  return { training, plan: placeAll(training) };
}
