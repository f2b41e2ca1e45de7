import {
  elementCount,
  gradientStorage,
  type Graph,
  type InputGradient,
  layersOf,
  type MaxPoolGradient,
  type MoveGradient,
  type Op,
  producerOf,
  type ResizeGradient,
  tensorOf,
  type TensorId,
} from '#libs/model/ir';
import { at } from '#libs/base/result';
import { kceil } from './binary-float';
import { windowsPerPixel } from './gradient-constants';

/** Of weights that do not train; those that do stay within +-127. */
const LARGEST_WEIGHT = 128;
/** Largest |x - z| of an int8 activation. */
const LARGEST_INPUT = 255;
const LARGEST_HEAD_WEIGHT = 8191;
const WIDEST_MANTISSA = 14;
/** Mantissa bits of gradients stored as int8 (N4): |mantissa| <= 64, and no more bits are worth their rounding. */
export const INT8_MANTISSA_BITS = 6;

const shapeOf = (graph: Graph, id: TensorId): readonly number[] => tensorOf(graph, id).shape;

/** Largest sum of |weights| that meets one element of the input gradient. */
function inputGradientBound(graph: Graph, layer: number): number {
  const op = at(layersOf(graph), layer);
  const [first = 0, height = 1, width = 1] = shapeOf(graph, op.weights);
  if (op.kind === 'depthwiseConv2d') return LARGEST_WEIGHT * height * width * op.multiplier;
  return op.kind === 'conv2d' ? LARGEST_WEIGHT * first * height * width : LARGEST_WEIGHT * first;
}

/** Elements of the result that one element of a moved operand takes part in, each with the other factor of a product. */
function moveBound({ walk, factor }: MoveGradient): number {
  const summed = walk.loops.filter(({ pixel }) => pixel === 0);
  const count = summed.reduce((product, { extent }) => product * extent, 1);
  return count * (factor === undefined ? 1 : LARGEST_INPUT);
}

/** Elements of the result that may be copies of one element. */
function copiesBound(graph: Graph, { of, output }: MaxPoolGradient | ResizeGradient): number {
  const op = producerOf(graph, of);
  if (op?.kind === 'maxPool2d') return windowsPerPixel(op);
  return elementCount(shapeOf(graph, of)) / (shapeOf(graph, output)[0] ?? 1);
}

/** The sum that `op` forms, per unit of mantissa; 0 for an operator that sums nothing. */
function accumulationBound(graph: Graph, op: Op): number {
  if (op.kind === 'inputGradient') return inputGradientBound(graph, op.layer);
  if (op.kind === 'weightUpdate') return LARGEST_INPUT * (shapeOf(graph, op.gradient)[1] ?? 0);
  if (op.kind === 'moveGradient') return moveBound(op);
  if (op.kind === 'maxPoolGradient' || op.kind === 'resizeGradient') return copiesBound(graph, op);
  return op.kind === 'head' ? LARGEST_HEAD_WEIGHT * (shapeOf(graph, op.weights)[0] ?? 0) : 0;
}

/**
 * N4: magnitude bits M of every gradient mantissa of a training graph, so that no int32 accumulator can overflow:
 * M = min(14, 30 - ceil(log2 B)). B counts what each back-propagated layer sums: 128 * C_out * kh * kw of a convolution
 * (kh * kw of a depthwise one), 255 pixels of a weight-trained layer, 8191 classes of the head, and of operators without
 * weights the sums of GRADIENTS.md, G10. Gradients stored as int8 have 6 at most.
 */
export function mantissaBits(trainingGraph: Graph): number {
  const widest = gradientStorage(trainingGraph) === 'int8' ? INT8_MANTISSA_BITS : WIDEST_MANTISSA;
  const bound = Math.max(...trainingGraph.ops.map((op) => accumulationBound(trainingGraph, op)));
  return Math.min(widest, 30 - kceil(bound));
}

/**
 * Bits of a signed integer that holds every running sum of an input gradient (N6.4): as many as its layer's weights could
 * make of mantissas of M bits. The skip gradient, which is added last, is not counted.
 */
export const sumBits = (trainingGraph: Graph, { layer }: Pick<InputGradient, 'layer'>): number =>
  2 + Math.floor(Math.log2(inputGradientBound(trainingGraph, layer))) + mantissaBits(trainingGraph);
