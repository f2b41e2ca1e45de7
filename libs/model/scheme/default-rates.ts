import type { SparseScheme } from './sparse-scheme';

/** Real-valued learning rates of weights, biases and head, before warm-up (NUMERICS N10). */
export interface DefaultRates {
  readonly weights: number;
  readonly bias: number;
  readonly head: number;
}

const HEAD_ALONE = 0.15;
const BIASES = 0.05;
const SPARSE = 0.02;
const DENSE = 0.01;

const uniform = (rate: number): DefaultRates => ({ weights: rate, bias: rate, head: rate });

/**
 * The rates to begin with, by how much a scheme moves at once; quantisation-aware scaling has made them comparable across layers.
 *
 * - The head alone: 0.15. Its features stand still, so large steps are safe, and few steps must do all the work.
 * - Biases and the head: 0.05. A bias moves a whole channel, but never turns it.
 * - Sparse (a part of the layers trains its weights): 0.02, the middle of a flat optimum of 0.01 to 0.05 for 1,000 steps.
 * - Every layer that is reached trains all its weights (`full`): 0.01. All layers move under each other.
 *
 * Measured on six real speakers (kws-digits, 10 passes over 100 rows): README, "Train from the command line".
 */
export function defaultRates({ biasLayers, weightLayers }: SparseScheme): DefaultRates {
  if (biasLayers === 0) return uniform(HEAD_ALONE);
  if (weightLayers.length === 0) return uniform(BIASES);
  const isDense = weightLayers.length === biasLayers && weightLayers.every(({ ratio }) => ratio === 1);
  return uniform(isDense ? DENSE : SPARSE);
}
