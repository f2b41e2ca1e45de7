import { at } from '#libs/base/result';
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

/** How rates go over a session (N10). */
export type ScheduleName = 'constant' | 'cosine';

const WARM_UP_FRACTION = 10;

export const rateOf = (lr: number): Rate => q15(lr);

/** One rate for all three parts. */
export function uniformRates(lr: number): Rates {
  const rate = rateOf(lr);
  return { weights: rate, bias: rate, head: rate };
}

export const constantRate = (lr: number): readonly RateSegment[] => [{ firstStep: 0, rate: rateOf(lr) }];

/** Segments of one rate: `count` of them, of equal length but for rounding; the first begins at `firstStep`. */
interface Stretch {
  readonly firstStep: number;
  readonly steps: number;
  readonly count: number;
  readonly rateOf: (segment: number) => Rate;
}

/** One stretch after the other; of segments with the same first step only the last is ever used. */
function segmentsOf(stretches: readonly Stretch[]): readonly RateSegment[] {
  const starts = new Map<number, Rate>();
  for (const { firstStep, steps, count, rateOf: rate } of stretches) {
    for (let i = 0; i < count; i++) starts.set(firstStep + Math.floor((i * steps) / count), rate(i));
  }
  return [...starts].map(([firstStep, rate]) => ({ firstStep, rate }));
}

/** Over the first tenth of the steps `count` segments of (i+1)/count of `lr`. */
const warmUp = (lr: number, totalSteps: number, count: number): Stretch => ({
  firstStep: 0,
  steps: Math.floor(totalSteps / WARM_UP_FRACTION),
  count,
  rateOf: (i) => rateOf((lr * (i + 1)) / count),
});

/** N10's default: 8 segments of warm-up, then `lr`. */
export const warmUpThenConstant = (lr: number, totalSteps: number): readonly RateSegment[] =>
  segmentsOf([warmUp(lr, totalSteps, 8)]);

/** round(32768 * (1 + cos(pi * (2i + 1) / 16))): half a wave at the middle of each eighth, in 1/65536. */
const HALF_WAVE = [64906, 60014, 50973, 39161, 26375, 14563, 5522, 630] as const;

/** N10, on request: 4 segments of warm-up, then 8 that fall as half a cosine wave does. */
export function warmUpThenCosine(lr: number, totalSteps: number): readonly RateSegment[] {
  const rise = warmUp(lr, totalSteps, 4);
  const fall: Stretch = {
    firstStep: rise.steps,
    steps: totalSteps - rise.steps,
    count: HALF_WAVE.length,
    rateOf: (i) => rateOf((lr * at(HALF_WAVE, i)) / 65536),
  };
  return segmentsOf([rise, fall]);
}

/** N10's schedules by name. */
export const SCHEDULES: Readonly<
  Record<ScheduleName, (lr: number, totalSteps: number) => readonly RateSegment[]>
> = { constant: warmUpThenConstant, cosine: warmUpThenCosine };

/** N10: the rate of step `step`: the last segment whose first step is not after it. */
export function rateAt(segments: readonly RateSegment[], step: number): Rate {
  const segment = segments.findLast(({ firstStep }) => firstStep <= step);
  if (!segment) throw new RangeError(`no segment covers step ${step}`);
  return segment.rate;
}
