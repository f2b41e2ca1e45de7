import { at } from '#libs/base/result';
import { type Rate, type Rates, type RateSegment, type ScheduleName, SCHEDULES } from '#libs/model/quant';

/** Real-valued learning rates of the three parts of a step. */
export interface LearningRates {
  readonly weights: number;
  readonly bias: number;
  readonly head: number;
}

/** N10: these rates hold from `firstStep` until the next segment begins. */
export interface SessionRates extends Rates {
  readonly firstStep: number;
}

/** N10's segments for the three parts: warm-up over the first tenth of the steps, then constant or falling as a cosine does. */
export function sessionSchedule(
  rates: LearningRates,
  totalSteps: number,
  name: ScheduleName = 'constant',
): readonly SessionRates[] {
  const [weights, bias, head] = [rates.weights, rates.bias, rates.head].map((rate) =>
    SCHEDULES[name](rate, totalSteps),
  ) as [Segments, Segments, Segments];
  return weights.map(({ firstStep, rate }, i) => ({
    firstStep,
    weights: rate,
    bias: at(bias, i).rate,
    head: at(head, i).rate,
  }));
}

type Segments = readonly RateSegment[];

const LEAST_EXPONENT = -128;

/** N11: a quarter of the rate for every restart. */
const slowed = ({ mantissa, exponent }: Rate, restarts: number): Rate => ({
  mantissa,
  exponent: Math.max(LEAST_EXPONENT, exponent - 2 * restarts),
});

/** N10 and N11: the rates of a step. */
export function ratesAt(schedule: readonly SessionRates[], step: number, restarts: number): Rates {
  const segment = schedule.findLast(({ firstStep }) => firstStep <= step);
  if (!segment) throw new RangeError(`no segment covers step ${step}`);
  const { weights, bias, head } = segment;
  return {
    weights: slowed(weights, restarts),
    bias: slowed(bias, restarts),
    head: slowed(head, restarts),
  };
}
