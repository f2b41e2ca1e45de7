import type { Rates } from '#libs/model/quant';
import type { ItemOrder } from './order';
import type { SessionRates } from './schedule';
import type { SessionEnd, StopRule } from './stop';
import type { Tally } from './tally';

/** What a session does; with the parameters and the rows, everything that it gives follows (N8 to N11). */
export interface SessionPlan {
  /** uint32. */
  readonly seed: number;
  /** Over the rows to learn from, at least 1. */
  readonly passes: number;
  /** In order of `firstStep`; the first begins at 0. */
  readonly schedule: readonly SessionRates[];
  /** Absent: shuffled. A model that tells no classes apart has nothing to balance. */
  readonly order?: ItemOrder;
  /** Absent: all passes are made. */
  readonly stop?: StopRule;
}

/** One labelled input, in the quantisation of the model's. */
export interface SessionRow {
  readonly features: Int8Array;
  readonly label: number;
}

/** 1 to `MOST_ROWS` of each. */
export interface SessionRows {
  readonly adapt: readonly SessionRow[];
  readonly test: readonly SessionRow[];
}

/** A whole session, but for what learns. */
export interface SessionWork {
  /** That the model tells apart; 1 where it tells none: then nothing is right, and the loss alone counts. */
  readonly classes: number;
  readonly rows: SessionRows;
  readonly plan: SessionPlan;
}

/** Numbers in the list of the order are 16 bit wide. */
export const MOST_ROWS = 65535;

/** A model that learns, on its start values: the reference, or generated code. */
export interface Learner {
  forward(features: Int8Array): void;
  predict(): number;
  /** N3, in 1/65536 bit; leaves the error for `backward`. */
  loss(label: number): number;
  backward(step: { readonly seed: number; readonly index: number; readonly rates: Rates }): void;
  /** Start values again. */
  restart(): void;
  /** N12, raw. */
  delta(): Uint8Array;
  saturated(): Saturated;
}

/** N13: how many values came to the end of their range: weights at ±127, head weights at ±8191, biases at ±2^30. */
export interface Saturated {
  readonly weights: number;
  readonly headWeights: number;
  readonly biases: number;
}

/** One pass over the rows to learn from. */
export interface EpochRecord {
  /** Restarts of the session until then: passes of the same number but of an earlier attempt are forgotten. */
  readonly restart: number;
  readonly pass: number;
  /** Each row to learn from as it was before its step. */
  readonly learned: Tally;
  /** The rows to test on, after the pass. */
  readonly test: Tally;
}

/** Everything that a session gives. */
export interface SessionRecord {
  /** The rows to test on, before the first step. */
  readonly before: Tally;
  /** The rows to learn from as pass 0 meets them, before the first step: what the guard measures by. */
  readonly base: Tally;
  /** Every pass that was made, of every attempt. */
  readonly epochs: readonly EpochRecord[];
  /** The same rows after the last step; no items where the guard gave up. */
  readonly check: Tally;
  /** The rows to test on, with the values that stay: as after the last pass, or `before` where the old ones do. */
  readonly after: Tally;
  /** What was learnt stays. */
  readonly kept: boolean;
  /** Why the last attempt made no further pass. */
  readonly end: SessionEnd;
  /** After the last step, before old values were restored. */
  readonly saturated: Saturated;
  /** Steps of the last attempt. */
  readonly steps: number;
  readonly restarts: number;
  /** Raw (N12); all 0 where the old values stay. */
  readonly delta: Uint8Array;
}

/** Told of every pass as it ends. */
export type Watch = (epoch: EpochRecord) => void;
