import type { Measure } from '../../api/types';
import { axisFromZero } from '../lines/course';

/** What is compared on one device: values of a measure on its own test items; null: not measured (yet). */
export interface ScoreRow {
  readonly before: number | null;
  readonly personalised: number | null;
  readonly finalGlobal: number | null;
}

/** A stretch of a measure's axis. */
export interface ScoreScale {
  readonly from: number;
  readonly ticks: readonly number[];
  /** Place of a value on the axis, 0..100. */
  readonly at: (value: number) => number;
}

export const scoreScale = (rows: readonly ScoreRow[], { unit }: Pick<Measure, 'unit'>): ScoreScale =>
  unit === 'fraction' ? fractionScale(valuesOf(rows)) : errorScale(valuesOf(rows));

const valuesOf = (rows: readonly ScoreRow[]): readonly number[] =>
  rows
    .flatMap(({ before, personalised, finalGlobal }) => [before, personalised, finalGlobal])
    .filter((value) => value !== null);

/** At least this much of the axis is shown: small differences should not look large. */
const LEAST_SPAN = 0.2;

/** It ends at 1 and begins at the tenth below the lowest value, so that devices can be told apart. */
function fractionScale(values: readonly number[]): ScoreScale {
  const lowest = Math.min(1 - LEAST_SPAN, ...values);
  // A value on a tenth needs room to its left: its mark has a width.
  const from = Math.max(0, Math.ceil(lowest * 10 - 1) / 10);
  const step = 1 - from > 0.5 ? 0.2 : 0.1;
  const count = Math.floor((1 - from) / step + 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, index) => round(1 - index * step)).toReversed();
  return { from, ticks, at: (value) => (100 * (value - from)) / (1 - from) };
}

const round = (value: number): number => Math.round(value * 100) / 100;

const ERROR_STEPS = 4;

/** Errors have a best value, 0, where the axis begins, and no worst: it ends at a round number. */
function errorScale(values: readonly number[]): ScoreScale {
  const { from, to } = axisFromZero(values);
  const ticks = Array.from({ length: ERROR_STEPS + 1 }, (_, index) => (to * index) / ERROR_STEPS);
  return { from, ticks, at: (value) => (100 * value) / to };
}
