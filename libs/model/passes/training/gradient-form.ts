import {
  type Conv2d,
  type DepthwiseConv2d,
  forwardConsumersOf,
  type Graph,
  type InputGradient,
  type ScaleGradient,
  tensorOf,
} from '#libs/model/ir';
import type { GradientFlow } from './gradient-flow';

/** In which form N6 computes the gradients of a layer. */
export interface GradientForm {
  readonly exponents: ScaleGradient['exponents'];
  readonly accumulation: InputGradient['accumulation'];
}

const isDepthwise = (op: Conv2d | DepthwiseConv2d): boolean =>
  op.kind === 'depthwiseConv2d' && op.multiplier === 1;

/** 1x1, stride 1, no padding: output pixel p reads input pixel p alone. */
function isPointwise(graph: Graph, op: Conv2d | DepthwiseConv2d): boolean {
  if (op.kind !== 'conv2d') return false;
  const [, height, width] = tensorOf(graph, op.weights).shape;
  const { stride, padding } = op.window;
  const borders = [padding.top, padding.bottom, padding.left, padding.right];
  return (
    height === 1 &&
    width === 1 &&
    stride.height === 1 &&
    stride.width === 1 &&
    borders.every((border) => border === 0)
  );
}

/** Expanding: a pointwise layer whose gradient comes from one depthwise layer and from nowhere else. */
function isExpanding(graph: Graph, op: Conv2d | DepthwiseConv2d, flow: GradientFlow): boolean {
  const [reader, another] = forwardConsumersOf(graph, op.output).filter(
    (consumer) => 'output' in consumer && flow.has(consumer.output),
  );
  return (
    isPointwise(graph, op) &&
    another === undefined &&
    reader?.kind === 'depthwiseConv2d' &&
    isDepthwise(reader)
  );
}

/**
 * The form that lets a block of expanding, depthwise and projecting layer run a few channels at a time (NUMERICS, N6):
 * nothing in a depthwise layer (multiplier 1) is summed over channels, so its channels keep their exponents; nor in an
 * expanding layer, except its input gradient, which is a running sum over its output channels.
 */
export function gradientForm(graph: Graph, op: Conv2d | DepthwiseConv2d, flow: GradientFlow): GradientForm {
  if (isExpanding(graph, op, flow)) return { exponents: 'own', accumulation: 'running' };
  return { exponents: isDepthwise(op) ? 'own' : 'shared', accumulation: 'aligned' };
}
