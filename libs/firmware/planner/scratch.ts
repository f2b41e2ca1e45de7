import type { Conv2d, DepthwiseConv2d, Graph, Op, OpKind, OpOf, TensorId } from '#libs/model/ir';
import { convolutionKernel, elementsOf, extentOf, layerOf, shapeOf } from './kernels';

const INT16 = 2;
const INT32 = 4;
/** Kernels work on two columns at a time, if there are two. */
const columns = (available: number): number => Math.min(2, available);

const pixelsOf = (graph: Graph, id: TensorId): number => extentOf(graph, id, 1) * extentOf(graph, id, 2);

/** conv2d_s8.c, pointwise_conv2d_s8.c: widened inputs of two output pixels (of one row, unless the kernel is 1x1). */
function convolution(op: Conv2d, graph: Graph): number {
  const depth = elementsOf(graph, op.weights) / extentOf(graph, op.weights, 0);
  const isPointwise = convolutionKernel(op, graph) === 'pointwise';
  const run = isPointwise ? pixelsOf(graph, op.output) : extentOf(graph, op.output, 2);
  return columns(run) * depth * INT16;
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
  transposeConv2d: none,
  add: none,
  sub: none,
  mul: none,
  unary: none,
  quantize: none,
  dequantize: none,
  softmax: none,
  reshape: none,
  pad: none,
  concatenation: none,
  stridedSlice: none,
  transpose: none,
  resizeNearest: none,
  averagePool2d: none,
  maxPool2d: none,
  /** One sum an output element. */
  mean: (op, graph) => elementsOf(graph, op.output) * INT32,
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
