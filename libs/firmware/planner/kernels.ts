import { at, invariant } from '#libs/base/result';
import {
  type Conv2d,
  elementCount,
  type GradientType,
  type Graph,
  type InputGradient,
  isGradientType,
  type LayerOp,
  layersOf,
  type Tensor,
  tensorOf,
  type TensorId,
  type WeightUpdate,
} from '#libs/model/ir';

/** A tensor that is a gradient. */
export function gradientOf(graph: Graph, id: TensorId): Tensor & { readonly type: GradientType } {
  const tensor = tensorOf(graph, id);
  const { type } = tensor;
  invariant(isGradientType(type), `${tensor.name} is no gradient`);
  return { ...tensor, type };
}

/** Families of convolution kernels: their scratch memory and their calls differ. */
export type ConvolutionKernel = 'pointwise' | 'depthwise' | 'general';

export const shapeOf = (graph: Graph, id: TensorId): readonly number[] => tensorOf(graph, id).shape;
export const extentOf = (graph: Graph, id: TensorId, axis: number): number => at(shapeOf(graph, id), axis);
export const elementsOf = (graph: Graph, id: TensorId): number => elementCount(shapeOf(graph, id));

function isPointwise(op: Conv2d, graph: Graph): boolean {
  const { stride, padding } = op.window;
  const [, height, width] = shapeOf(graph, op.weights);
  const covers = height === 1 && width === 1 && stride.height === 1 && stride.width === 1;
  return covers && padding.top + padding.bottom + padding.left + padding.right === 0;
}

/** The family of a layer's kernels; a fully connected layer is a 1x1 convolution. */
export function convolutionKernel(op: LayerOp, graph: Graph): ConvolutionKernel {
  if (op.kind === 'depthwiseConv2d') return 'depthwise';
  return op.kind === 'conv2d' && !isPointwise(op, graph) ? 'general' : 'pointwise';
}

/** The layer that a backward operator belongs to. */
export const layerOf = (op: InputGradient | WeightUpdate, graph: Graph): LayerOp =>
  at(layersOf(graph), op.layer);
