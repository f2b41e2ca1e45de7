import { type Graph, layersOf, type Op, tensorOf, type TensorId } from '#libs/model/ir';
import { at } from '#libs/base/result';
import { kceil } from './binary-float';

const LARGEST_WEIGHT = 127;
/** Largest |x - z| of an int8 activation. */
const LARGEST_INPUT = 255;
const LARGEST_HEAD_WEIGHT = 8191;
const WIDEST_MANTISSA = 14;
/** Mantissa bits of gradients stored as int8 (N4). */
export const INT8_MANTISSA_BITS = 6;

const shapeOf = (graph: Graph, id: TensorId): readonly number[] => tensorOf(graph, id).shape;

/** Largest sum of |weights| that meets one element of the input gradient. */
function inputGradientBound(graph: Graph, layer: number): number {
  const op = at(layersOf(graph), layer);
  const [first = 0, height = 1, width = 1] = shapeOf(graph, op.weights);
  if (op.kind === 'depthwiseConv2d') return LARGEST_WEIGHT * height * width * op.multiplier;
  return op.kind === 'conv2d' ? LARGEST_WEIGHT * first * height * width : LARGEST_WEIGHT * first;
}

/** The sum that `op` forms, per unit of mantissa; 0 for an operator that sums nothing. */
function accumulationBound(graph: Graph, op: Op): number {
  if (op.kind === 'inputGradient') return inputGradientBound(graph, op.layer);
  if (op.kind === 'weightUpdate') return LARGEST_INPUT * (shapeOf(graph, op.gradient)[1] ?? 0);
  return op.kind === 'head' ? LARGEST_HEAD_WEIGHT * (shapeOf(graph, op.weights)[0] ?? 0) : 0;
}

/**
 * N4: magnitude bits M of every gradient mantissa of a training graph, so that no int32 accumulator can overflow:
 * M = min(14, 30 - ceil(log2 B)). B counts what each back-propagated layer sums: 127 * C_out * kh * kw of a convolution
 * (kh * kw of a depthwise one), 255 pixels of a weight-trained layer, 8191 classes of the head.
 */
export function mantissaBits(trainingGraph: Graph): number {
  const bound = Math.max(...trainingGraph.ops.map((op) => accumulationBound(trainingGraph, op)));
  return Math.min(WIDEST_MANTISSA, 30 - kceil(bound));
}
