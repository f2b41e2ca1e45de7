import type { Measure } from '../api/types';

/** Of a classifier, as the server tells it. */
export const ACCURACY: Measure = {
  name: 'accuracy',
  unit: 'fraction',
  better: 'higher',
  loss: { name: 'crossEntropy', unit: 'bit', perUnit: 1 / 65_536 },
};

/** Of a network that gives numbers, with an output scale of .5. */
export const SQUARED_ERROR: Measure = {
  name: 'meanSquaredError',
  unit: 'squaredOutput',
  better: 'lower',
  loss: { name: 'meanSquaredError', unit: 'squaredOutput', perUnit: 1 / 64 },
};
