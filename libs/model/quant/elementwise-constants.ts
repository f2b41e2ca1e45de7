import { type Add, type Graph, type Mul, perTensor, type Sub, type TensorId, tensorOf } from '#libs/model/ir';
import { type QuantizedMultiplier, quantizeMultiplier } from './requantize';

/**
 * Constants of an ADD (N2): y = MBQM(MBQM(x1', first) + MBQM(x2', second), output) + z, x' = (x - z) * 2^leftShift; of a
 * SUB with a difference in place of the sum.
 */
export interface AddConstants {
  readonly leftShift: number;
  readonly first: QuantizedMultiplier;
  readonly second: QuantizedMultiplier;
  readonly output: QuantizedMultiplier;
}

const ADD_LEFT_SHIFT = 20;

const scaleOf = (graph: Graph, id: TensorId): number => perTensor(tensorOf(graph, id)).scale;

/** The three multipliers of an ADD or SUB; t = 2 * max(s1, s2). TensorFlow Lite Micro prepares SUB in float32, ADD in binary64. */
export function addConstants(graph: Graph, op: Add | Sub): AddConstants {
  const rounded = op.kind === 'sub' ? Math.fround : (value: number): number => value;
  const [first, second] = [scaleOf(graph, op.inputs[0]), scaleOf(graph, op.inputs[1])];
  const twice = 2 * Math.max(first, second);
  const output = 2 ** ADD_LEFT_SHIFT * scaleOf(graph, op.output);
  return {
    leftShift: ADD_LEFT_SHIFT,
    first: quantizeMultiplier(rounded(first / twice)),
    second: quantizeMultiplier(rounded(second / twice)),
    output: quantizeMultiplier(rounded(twice / output)),
  };
}

/** The multiplier of a MUL: s1 * s2 / s_out. */
export function mulConstants(graph: Graph, op: Mul): QuantizedMultiplier {
  const product = scaleOf(graph, op.inputs[0]) * scaleOf(graph, op.inputs[1]);
  return quantizeMultiplier(product / scaleOf(graph, op.output));
}
