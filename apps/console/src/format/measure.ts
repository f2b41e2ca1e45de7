import type { LossMeasure, Measure } from '../api/types';
import { figures, percent, points, relative } from './numbers';

/** How values of a measure are written. */
export interface MeasureWords {
  readonly name: string;
  /** Title of a column of them: `Accuracy %`, `MSE`. */
  readonly title: string;
  /** Behind the title of a column that says whose: `Before %`, `Before MSE`. */
  readonly unit: string;
  readonly direction: string;
  readonly format: (value: number) => string;
  /** How far one is from another. */
  readonly change: (from: number, to: number) => string;
  readonly changeMeaning: string;
}

const MEASURES: Readonly<Record<Measure['name'], Omit<MeasureWords, 'direction'>>> = {
  accuracy: {
    name: 'Accuracy',
    title: 'Accuracy %',
    unit: '%',
    format: percent,
    change: points,
    changeMeaning: 'percentage points',
  },
  meanSquaredError: {
    name: 'Mean squared error',
    title: 'MSE',
    unit: 'MSE',
    format: figures,
    change: relative,
    changeMeaning: '% of the error before, or how many times it: below 0 is better',
  },
};

const DIRECTIONS: Readonly<Record<Measure['better'], string>> = {
  higher: 'higher is better',
  lower: 'lower is better',
};

export const measureWords = ({ name, better }: Measure): MeasureWords => ({
  ...MEASURES[name],
  direction: DIRECTIONS[better],
});

/** How losses are written. */
export interface LossWords {
  /** `Loss, bits`. */
  readonly title: string;
  /** `Loss per pass, bits`. */
  readonly perPass: string;
  readonly unit: string;
  /** A loss of the wire, in the unit. */
  readonly valueOf: (loss: number) => number;
  readonly format: (loss: number) => string;
  readonly formatValue: (value: number) => string;
}

const LOSSES: Readonly<
  Record<LossMeasure['name'], Pick<LossWords, 'title' | 'perPass' | 'unit' | 'formatValue'>>
> = {
  crossEntropy: {
    title: 'Loss, bits',
    perPass: 'Loss per pass, bits',
    unit: 'bit',
    formatValue: (value) => value.toFixed(3),
  },
  meanSquaredError: {
    title: 'Loss, mean squared error',
    perPass: 'MSE per pass',
    unit: 'squared error',
    formatValue: figures,
  },
};

export function lossWords({ name, perUnit }: LossMeasure): LossWords {
  const words = LOSSES[name];
  const valueOf = (loss: number): number => loss * perUnit;
  return { ...words, valueOf, format: (loss) => words.formatValue(valueOf(loss)) };
}
