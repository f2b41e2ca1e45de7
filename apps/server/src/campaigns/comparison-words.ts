import type { Comparison } from '#libs/fleet/campaign';
import type { Measure } from '#libs/model/session';

/** How two versions compare, for people: `mean squared error on 8 items: 5.1 of v1, 0.4433 of this one`. */
export const comparisonWords = (
  { name }: Measure,
  { before, after }: Comparison,
  { items, number }: { readonly items: string; readonly number: number },
): string => `${MEASURES[name]} on ${items}: ${figure(before)} of v${number}, ${figure(after)} of this one`;

const MEASURES: Readonly<Record<Measure['name'], string>> = {
  accuracy: 'accuracy',
  meanSquaredError: 'mean squared error',
};

const figure = (value: number): string => String(Number(value.toPrecision(4)));
