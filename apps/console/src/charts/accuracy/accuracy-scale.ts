/** What is compared on one device: fractions 0..1 on its own test items; null: not measured (yet). */
export interface AccuracyRow {
  readonly before: number | null;
  readonly personalised: number | null;
  readonly finalGlobal: number | null;
}

/** A stretch of the accuracy axis, which ends at 1. */
export interface AccuracyScale {
  readonly from: number;
  readonly ticks: readonly number[];
  /** Place of a value on the axis, 0..100. */
  readonly at: (value: number) => number;
}

/** At least this much of the axis is shown: small differences should not look large. */
const LEAST_SPAN = 0.2;

/** The axis begins at the tenth below the lowest value, so that devices can be told apart. */
export function accuracyScale(rows: readonly AccuracyRow[]): AccuracyScale {
  const values = rows
    .flatMap(({ before, personalised, finalGlobal }) => [before, personalised, finalGlobal])
    .filter((value) => value !== null);
  const lowest = Math.min(1 - LEAST_SPAN, ...values);
  // A value on a tenth needs room to its left: its mark has a width.
  const from = Math.max(0, Math.ceil(lowest * 10 - 1) / 10);
  const step = 1 - from > 0.5 ? 0.2 : 0.1;
  const count = Math.floor((1 - from) / step + 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, index) => round(1 - index * step)).toReversed();
  return { from, ticks, at: (value) => (100 * (value - from)) / (1 - from) };
}

const round = (value: number): number => Math.round(value * 100) / 100;
