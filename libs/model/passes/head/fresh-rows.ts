import { Rng } from '#libs/base/rng';

/** The vector that a head reads: its length and how it is quantised. */
export interface Features {
  readonly count: number;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Weights of classes that nothing was learnt of yet. */
export interface FreshRows {
  /** [rows, features], -4..4. */
  readonly weights: Int8Array;
  /** The scale of every row. */
  readonly scale: number;
}

/** Steps of a scale that the first weights reach to either side. */
const FIRST_STEPS = 4;
/** Well above the 10^-6 at which a class counts as frozen (NUMERICS N0). */
const LEAST_SCALE = 2 ** -18;

const INT8_ENDS = [-128, 127] as const;

/**
 * Weights for `rows` new classes, drawn from `seed`: uniform over -4..4 steps of one scale.
 *
 * The scale is 1 / (R * sqrt(features)), R the largest magnitude that a feature can have. Then:
 * - logits begin small: their deviation is below 2.6 nats even if every feature were R, and some tenths in practice, so that the
 *   first loss is about ln(classes) and no class begins with an advantage;
 * - trained weights have room: the largest of published int8 classifiers are 14 to 174 of these steps, int8 holds 127, the wide
 *   head of a session 8191/16 = 512 (NUMERICS N1), and publishing fits the scale to what was learnt;
 * - they have resolution: a session counts in sixteenths of a step, rounded stochastically (N7);
 * - nothing depends on the units of the features: the logits' multiplier (s_in * scale) and an update's (s_in / scale, in
 *   features of s_in) are those of the same network with features ten times as large.
 */
export function freshRows(rows: number, { count, scale, zeroPoint }: Features, seed: number): FreshRows {
  const largest = scale * Math.max(...INT8_ENDS.map((end) => Math.abs(end - zeroPoint)));
  const rng = new Rng(seed);
  return {
    weights: Int8Array.from({ length: rows * count }, () => rng.below(2 * FIRST_STEPS + 1) - FIRST_STEPS),
    scale: Math.fround(Math.max(LEAST_SCALE, 1 / (largest * Math.sqrt(count)))),
  };
}
