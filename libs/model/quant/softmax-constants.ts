import { type Graph, perTensor, type Softmax, tensorOf } from '#libs/model/ir';
import { type QuantizedMultiplier, quantizeMultiplier } from './requantize';

/** Integer bits of a scaled difference of logits. */
export const SOFTMAX_DIFFERENCE_BITS = 5;
const FRACTION_BITS = 31 - SOFTMAX_DIFFERENCE_BITS;
const INT32_MAX = 2 ** 31 - 1;

/** Brings an int8 difference of logits to Q5.26. */
export interface SoftmaxConstants extends QuantizedMultiplier {
  /** Differences below this give probability 0. */
  readonly smallestDifference: number;
}

/** PreprocessSoftmaxScaling and CalculateInputRadius: beta * scale as a multiplier, and how far it reaches. */
export function softmaxConstants(graph: Graph, op: Softmax): SoftmaxConstants {
  const { scale } = perTensor(tensorOf(graph, op.input));
  const { multiplier, shift } = quantizeMultiplier(Math.min(op.beta * scale * 2 ** FRACTION_BITS, INT32_MAX));
  const largest = ((2 ** SOFTMAX_DIFFERENCE_BITS - 1) * 2 ** FRACTION_BITS) / 2 ** shift;
  return { multiplier, shift, smallestDifference: -Math.floor(largest) };
}
