import type { DeviceScore } from '#libs/fleet/campaign';
import { type Measure, scoreOf, tellsClasses } from '#libs/model/session';

import type { Execution, Measurements } from './executions.repository';

/** Values of a campaign's measure on the device's own test items; null where the device has not told them. */
export interface ExecutionScores {
  /** Of the version that it fetched. */
  readonly before: number | null;
  /** Of its own trained copy. */
  readonly after: number | null;
}

export const scoresOf = (measured: Measurements, measure: Measure): ExecutionScores => ({
  before: score(measure, measured.testItems, { right: measured.rightBefore, loss: measured.lossBefore }),
  after: score(measure, measured.testItems, { right: measured.rightAfter, loss: measured.lossAfter }),
});

interface Told {
  readonly right: number | undefined;
  readonly loss: number | undefined;
}

function score(measure: Measure, items = 0, { right, loss }: Told): number | null {
  const isTold = (tellsClasses(measure) ? right : loss) !== undefined;
  return isTold ? scoreOf(measure, { items, right: right ?? 0, meanLoss: loss ?? 0 }) : null;
}

const DONE: ReadonlySet<Execution['state']> = new Set<Execution['state']>(['stored', 'evaluated']);

/** What the device found of the version that it fetched; of a device that did not do its part, nothing is taken. */
export function scoreAfterFetch(execution: Execution, measure: Measure): DeviceScore | undefined {
  const { before } = scoresOf(execution, measure);
  const { deviceId: device, testItems: items = 0, state } = execution;
  return before === null || !DONE.has(state) ? undefined : { device, items, score: before };
}
