import { type Graph, type Mean, perTensor, tensorOf } from '#libs/model/ir';
import { bitLength } from './fixed-point';
import { type QuantizedMultiplier, quantizeMultiplier } from './requantize';

/** Constants of a MEAN: y = MBQM(sum - z_in * count, multiplier, shift) + z_out. The multiplier may be below 2^30. */
export interface MeanConstants extends QuantizedMultiplier {
  /** Elements a mean. */
  readonly count: number;
}

const LARGEST_SHIFT = 31;

/**
 * QuantizedMeanOrSum: 1 / count goes into the multiplier s_in / s_out. It is first shifted left as far as it cannot
 * overflow, so that the division, which truncates, loses few bits.
 */
export function meanConstants(graph: Graph, op: Mean): MeanConstants {
  const input = tensorOf(graph, op.input);
  const { multiplier, shift } = quantizeMultiplier(
    perTensor(input).scale / perTensor(tensorOf(graph, op.output)).scale,
  );
  const count = op.axes.reduce((product, axis) => product * (input.shape[axis] ?? 1), 1);
  const room = Math.min(bitLength(count) - 1, LARGEST_SHIFT + shift);
  const divided = (BigInt(multiplier) << BigInt(room)) / BigInt(count);
  return { multiplier: Number(divided), shift: shift - room, count };
}
