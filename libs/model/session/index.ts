/**
 * Training sessions: what a device does with a model and its rows, from the first evaluation to the delta.
 *
 * Owns: the order of the items (NUMERICS N9), the schedule (N10), the guard, the early end and the final check (N11), the tallies, how they are measured (`Measure`), and the driver that runs a session on
 * anything that learns. firmware-templates/runtime/fl_session.c has the same rules in C; tests hold both to the same numbers.
 * Invariant: a session that did not help leaves the values as they were: its delta is 0, and it is no worse after than before.
 *
 * @example
 * const schedule = sessionSchedule({ weights: 0.02, bias: 0.02, head: 0.02 }, passes * rows.adapt.length);
 * const record = runSession(createSession(training), { classes, rows, plan: { seed: 1, passes, schedule } });
 * accuracyOf(record.after);
 */
export { chanceLoss, guardTrips, hasHelped, lossSummand, MOST_RESTARTS } from './guard';
export { balancedItems, type ItemOrder } from './order';
export { type LearningRates, ratesAt, type SessionRates, sessionSchedule } from './schedule';
export { runSession } from './run-session';
export type { SessionEnd, StopRule } from './stop';
export {
  type EpochRecord,
  type Learner,
  MOST_ROWS,
  type Saturated,
  type SessionPlan,
  type SessionRecord,
  type SessionRow,
  type SessionRows,
  type SessionWork,
  type Watch,
} from './session';
export {
  isBetter,
  type LossMeasure,
  lossInUnitsOf,
  type Measure,
  measureOf,
  scoreOf,
  tellsClasses,
  type Tested,
  testedBy,
} from './measure';
export { accuracyOf, meanLossOf, NO_ITEMS, type Tally } from './tally';
