import type { Objective } from '#libs/model/ir';
import type { Tally } from './tally';

/**
 * What tells how good a model is. Of a classifier that is the fraction of items that it has right; a network that gives numbers has nothing
 * right or wrong, and is measured by what it learns from: the mean squared error.
 */
export interface Measure {
  readonly name: 'accuracy' | 'meanSquaredError';
  /** 0 to 1; or squares of what the model's output is in. */
  readonly unit: 'fraction' | 'squaredOutput';
  /** Which of two values says that a model is the better one. */
  readonly better: 'higher' | 'lower';
  readonly loss: LossMeasure;
}

/** What a model learns from, as engines and devices count it. */
export interface LossMeasure {
  readonly name: 'crossEntropy' | 'meanSquaredError';
  readonly unit: 'bit' | 'squaredOutput';
  /** A loss is an integer (NUMERICS N3, GRADIENTS G11): so much of `unit` is 1. */
  readonly perUnit: number;
}

/** N3: 1/65536 bit. */
const CROSS_ENTROPY: LossMeasure = { name: 'crossEntropy', unit: 'bit', perUnit: 1 / 65536 };

const ACCURACY: Measure = { name: 'accuracy', unit: 'fraction', better: 'higher', loss: CROSS_ENTROPY };

/** G11: a loss is in 1/16 of a squared step of the output. */
const UNITS_OF_A_SQUARED_STEP = 16;

function squaredError(outputScale: number): Measure {
  const name = 'meanSquaredError';
  const unit = 'squaredOutput';
  const perUnit = (outputScale * outputScale) / UNITS_OF_A_SQUARED_STEP;
  return { name, unit, better: 'lower', loss: { name, unit, perUnit } };
}

/**
 * How a model that is to do this is measured.
 * @param outputScale of its output: real = scale * (element - zero point); of a classifier it does not matter
 */
export const measureOf = (objective: Objective, outputScale: number): Measure =>
  objective === 'classify' ? ACCURACY : squaredError(outputScale);

/** Is anything right or wrong? */
export const tellsClasses = ({ name }: Measure): boolean => name === 'accuracy';

/** Equal is not better. */
export const isBetter = ({ better }: Measure, value: number, than: number): boolean =>
  better === 'higher' ? value > than : value < than;

/** What is known of some items: right ones as a count, their mean loss in the units in which losses are counted. */
export interface Tested {
  readonly items: number;
  readonly right: number;
  readonly meanLoss: number;
}

/** The value of the measure; null where nothing was tested. */
export function scoreOf(measure: Measure, { items, right, meanLoss }: Tested): number | null {
  if (items === 0) return null;
  return tellsClasses(measure) ? right / items : meanLoss * measure.loss.perUnit;
}

/** N11: sums are of sixteenths of what losses are counted in. */
const UNITS_OF_A_SUM = 16;

/** A tally as it is scored; its mean is not rounded down, as one that a device tells is. */
export const testedBy = ({ items, right, lossSum }: Tally): Tested => ({
  items,
  right,
  meanLoss: items === 0 ? 0 : (UNITS_OF_A_SUM * lossSum) / items,
});

/** A loss in `unit` as the integer that engines count. */
export const lossInUnitsOf = ({ perUnit }: LossMeasure, value: number): number => Math.round(value / perUnit);
