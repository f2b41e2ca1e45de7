import { q15, type Scaled } from './binary-float';

/** A learning rate: mantissa * 2^(exponent - 15), mantissa in [2^14, 2^15) (N0). */
export type Rate = Scaled;

/** Learning rates of the three parts of a step. */
export interface Rates {
  readonly weights: Rate;
  readonly bias: Rate;
  readonly head: Rate;
}

/** N10: `rate` holds from `firstStep` until the next segment begins. */
export interface RateSegment {
  readonly firstStep: number;
  readonly rate: Rate;
}

const WARM_UP_SEGMENTS = 8;
const WARM_UP_FRACTION = 10;

export const rateOf = (lr: number): Rate => q15(lr);

/** One rate for all three parts. */
export function uniformRates(lr: number): Rates {
  const rate = rateOf(lr);
  return { weights: rate, bias: rate, head: rate };
}

export const constantRate = (lr: number): readonly RateSegment[] => [{ firstStep: 0, rate: rateOf(lr) }];

/** N10's default: over the first tenth of the steps 8 segments of (i+1)/8 of `lr`, then `lr`. */
export function warmUpThenConstant(lr: number, totalSteps: number): readonly RateSegment[] {
  const warmUpSteps = Math.floor(totalSteps / WARM_UP_FRACTION);
  const starts = new Map<number, Rate>();
  for (let i = 0; i < WARM_UP_SEGMENTS; i++) {
    starts.set(Math.floor((i * warmUpSteps) / WARM_UP_SEGMENTS), rateOf((lr * (i + 1)) / WARM_UP_SEGMENTS));
  }
  return [...starts].map(([firstStep, rate]) => ({ firstStep, rate }));
}

/** N10: the rate of step `step`: the last segment whose first step is not after it. */
export function rateAt(segments: readonly RateSegment[], step: number): Rate {
  const segment = segments.findLast(({ firstStep }) => firstStep <= step);
  if (!segment) throw new RangeError(`no segment covers step ${step}`);
  return segment.rate;
}
