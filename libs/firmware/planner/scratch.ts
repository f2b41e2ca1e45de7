import type { Conv2d, DepthwiseConv2d, Graph, Op, OpKind, OpOf, TensorId } from '#libs/model/ir';
import { convolutionKernel, elementsOf, extentOf, layerOf, shapeOf } from './kernels';

const INT16 = 2;
const INT32 = 4;
/** Kernels work on two columns at a time, if there are two. */
const columns = (available: number): number => Math.min(2, available);

const pixelsOf = (graph: Graph, id: TensorId): number => extentOf(graph, id, 1) * extentOf(graph, id, 2);

/** conv2d_s8.c, pointwise_conv2d_s8.c: widened inputs of two output pixels. */
function convolution(op: Conv2d, graph: Graph): number {
  const depth = elementsOf(graph, op.weights) / extentOf(graph, op.weights, 0);
  return columns(pixelsOf(graph, op.output)) * depth * INT16;
}

/** depthwise_conv2d_s8.c: the rows under the kernel of one channel, borders included. */
function depthwise(op: DepthwiseConv2d, graph: Graph): number {
  const { stride, dilation } = op.window;
  const reach = (extentOf(graph, op.weights, 1) - 1) * dilation.height + 1;
  const span = (extentOf(graph, op.weights, 2) - 1) * dilation.width + 1;
  const width = (extentOf(graph, op.output, 2) - 1) * stride.width + span;
  return reach * width * INT16;
}

const none = (): number => 0;

/** What each kernel borrows for the length of its call; stated in fl_kernels.h at each function. */
const SCRATCH: { readonly [K in OpKind]: (op: OpOf<K>, graph: Graph) => number } = {
  conv2d: convolution,
  depthwiseConv2d: depthwise,
  fullyConnected: (op, graph) => {
    const depth = extentOf(graph, op.weights, 1);
    return columns(elementsOf(graph, op.input) / depth) * depth * INT16;
  },
  add: none,
  averagePool2d: none,
  pad: none,
  reshape: none,
  softmax: none,
  head: none,
  softmaxCrossEntropy: none,
  headInputGradient: (op, graph) => elementsOf(graph, op.error) * INT32,
  headUpdate: none,
  copyGradient: none,
  scaleGradient: none,
  biasUpdate: none,
  /** One row of sums: the pixels of the layer's input. */
  inputGradient: (op, graph) => extentOf(graph, op.output, 1) * INT32,
  weightUpdate: (op, graph) =>
    convolutionKernel(layerOf(op, graph), graph) === 'pointwise'
      ? columns(
          extentOf(graph, layerOf(op, graph).weights, shapeOf(graph, layerOf(op, graph).weights).length - 1),
        ) *
        extentOf(graph, op.gradient, 1) *
        INT16
      : 0,
};

/** Bytes of arena that the kernel of `op` borrows while it runs. */
export const scratchBytes = (op: Op, graph: Graph): number =>
  (SCRATCH[op.kind] as (op: Op, graph: Graph) => number)(op, graph);
