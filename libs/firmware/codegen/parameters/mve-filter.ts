/**
 * Which layers the kernels of fl_mve_kernels.h do, and their biases: the zero point of the input is multiplied out, so that
 * sums are of bytes as they lie in the arena.
 *
 * Everything else of such a layer is as the plain kernels have it. The instructions add modulo 2^32, as the plain kernels do
 * when a bias is absurd, so that nothing has to be proved of sums.
 */
import { at, invariant } from '#libs/base/result';
import {
  type Conv2d,
  type DepthwiseConv2d,
  type FullyConnected,
  type Graph,
  type LayerOp,
  perTensor,
  tensorOf,
} from '#libs/model/ir';
import { requantConstants, storedBiases, storedWeights } from '#libs/model/quant';
import { convolutionKernel, vectorPlanes } from '#libs/firmware/planner';
import type { ParameterUse } from './layout';

/** Is the image for a program with these kernels? */
export const usesMve = (use: ParameterUse): boolean => use === 'linked-mve' || use === 'linked-mve-lean';

type Filtered = Conv2d | DepthwiseConv2d | FullyConnected;
export type MveKernel = 'pointwise' | 'general' | 'depthwise' | 'fullyConnected';

const isFiltered = (op: LayerOp): op is Filtered =>
  op.kind === 'conv2d' || op.kind === 'depthwiseConv2d' || op.kind === 'fullyConnected';

/** Shifts to the right only, which is one instruction; others are of layers that make their input's numbers larger. */
const shiftsRight = (shift: number): boolean => shift < 0 && shift >= -31;

/**
 * Undefined: only the plain kernel does this layer. A depthwise layer of one channel is a convolution; but with a multiplier of 1
 * its output may lie over its input, on which only depthwise kernels keep to the order.
 */
export function mveKernel(graph: Graph, op: LayerOp, use: ParameterUse): MveKernel | undefined {
  if (!usesMve(use) || !isFiltered(op)) return undefined;
  if (!requantConstants(graph, op).shifts.every(shiftsRight)) return undefined;
  if (op.kind === 'fullyConnected') return 'fullyConnected';
  if (op.kind === 'conv2d') return convolutionKernel(op, graph);
  const isConvolution = tensorOf(graph, op.input).shape.at(-1) === 1 && op.multiplier > 1;
  if (isConvolution) return 'general';
  return use === 'linked-mve' && vectorPlanes(op, graph) ? 'depthwise' : undefined;
}

/** Number of the output channel of a stored weight. */
function channelOf(op: Filtered, index: number, weights: number, channels: number): number {
  return op.kind === 'depthwiseConv2d' ? index % channels : Math.floor(index / (weights / channels));
}

/** Bias, less the zero point of the input times the sum of the weights, of every output channel; modulo 2^32. */
export function mveBiases(graph: Graph, op: LayerOp): Int32Array {
  invariant(isFiltered(op), `${op.name} has no kernel for vectors`);
  const channels = tensorOf(graph, op.output).shape.at(-1) ?? 0;
  const { zeroPoint } = perTensor(tensorOf(graph, op.input));
  const weights = storedWeights(graph, op.weights);
  const biases = op.bias === undefined ? undefined : storedBiases(graph, op.bias);
  const folded = Int32Array.from({ length: channels }, (_, channel) => biases?.[channel] ?? 0);
  weights.forEach((weight, index) => {
    const channel = channelOf(op, index, weights.length, channels);
    folded[channel] = at(folded, channel) - zeroPoint * weight;
  });
  return folded;
}
