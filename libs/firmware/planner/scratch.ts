import { at } from '#libs/base/result';
import {
  type BiasUpdate,
  type Conv2d,
  type DepthwiseConv2d,
  type Graph,
  type InputGradient,
  layersOf,
  mantissaBytes,
  type Op,
  type OpKind,
  type OpOf,
  ruleOf,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { convolutionKernel, elementsOf, extentOf, layerOf, shapeOf } from './kernels';
import type { OpCall } from './schedule';
import { vectorPlanes } from './vector-planes';

const INT16 = 2;
const INT32 = 4;
/** Kernels work on two columns at a time, if there are two. */
const columns = (available: number): number => Math.min(2, available);

const pixelsOf = (graph: Graph, id: TensorId): number => extentOf(graph, id, 1) * extentOf(graph, id, 2);

/** Pixels of a call, or of a row of it, whose columns are worked on together at most: in a row unless the kernel is 1x1. */
function runOf(op: Conv2d, graph: Graph): number {
  const isPointwise = convolutionKernel(op, graph) === 'pointwise';
  return isPointwise ? pixelsOf(graph, op.output) : extentOf(graph, op.output, 2);
}

const depthOf = (op: Conv2d, graph: Graph): number =>
  elementsOf(graph, op.weights) / extentOf(graph, op.weights, 0);

/** conv2d_s8.c, pointwise_conv2d_s8.c: widened inputs of two output pixels (of one row, unless the kernel is 1x1). */
const convolution = (op: Conv2d, graph: Graph): number =>
  columns(runOf(op, graph)) * depthOf(op, graph) * INT16;

/** columns_s8_dsp.c: four pixels, inputs rounded up to fours; depthwise_conv2d_s8_dsp.c: four channels, and what is kept of each. */
const LENT = 4;
const CHANNEL_BYTES = 136;

/**
 * Bytes with which a kernel works on more pixels or channels at a time than its scratch is for, if a plan has them to spare; 0 where
 * it never does.
 */
export function lentScratchBytes(op: Op, graph: Graph): number {
  if (op.kind === 'depthwiseConv2d') {
    const isPlain = op.multiplier === 1 && op.window.dilation.height === 1 && op.window.dilation.width === 1;
    return isPlain ? LENT * (CHANNEL_BYTES + depthwise(op, graph)) : 0;
  }
  if (op.kind !== 'conv2d' || runOf(op, graph) < LENT) return 0;
  return LENT * raised(depthOf(op, graph), 4) * INT16;
}

/** Output pixels or channels for which there is scratch: `together` of an fl_window. */
export const lentTogether = (op: Op, graph: Graph, scratch: number): number =>
  lentScratchBytes(op, graph) > 0 && scratch >= lentScratchBytes(op, graph) ? LENT : 2;

/** depthwise_conv2d_s8.c: the rows under the kernel of one channel, borders included. */
function depthwise(op: DepthwiseConv2d, graph: Graph): number {
  const { stride, dilation } = op.window;
  const reach = (extentOf(graph, op.weights, 1) - 1) * dilation.height + 1;
  const span = (extentOf(graph, op.weights, 2) - 1) * dilation.width + 1;
  const width = (extentOf(graph, op.output, 2) - 1) * stride.width + span;
  return reach * width * INT16;
}

const raised = (value: number, step: number): number => Math.ceil(value / step) * step;
const none = (): number => 0;

/** One row of sums: the pixels of a gradient. */
const gradientRow = (id: TensorId, graph: Graph): number => extentOf(graph, id, 1) * INT32;

/** Of the output of a layer whose gradient is viewed. */
const viewedPixels = ({ layer }: InputGradient | BiasUpdate, graph: Graph): number =>
  pixelsOf(graph, at(layersOf(graph), layer).output);

/**
 * fl_add_running_gradient: planes of four channels. fl_finish_running_gradient: exponents, until the sums are gone that lie where
 * they will.
 */
const runningScratch = (op: InputGradient, graph: Graph, part: 'add' | 'finish'): number =>
  part === 'add'
    ? 4 * extentOf(graph, op.output, 1) * mantissaOf(op.output, graph)
    : extentOf(graph, op.output, 0) * INT16;

/** Planes are made of what gradients are stored as. */
const mantissaOf = (gradient: TensorId, graph: Graph): number => mantissaBytes(tensorOf(graph, gradient));

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
  saveInput: none,
  softmaxCrossEntropy: none,
  recordClamp: none,
  recordLookup: none,
  recordMaximum: none,
  squaredError: (op, graph) => gradientRow(op.gradient, graph),
  addGradient: (op, graph) => gradientRow(op.output, graph),
  moveGradient: (op, graph) => gradientRow(op.output, graph),
  averagePoolGradient: (op, graph) => gradientRow(op.output, graph),
  maxPoolGradient: (op, graph) => gradientRow(op.output, graph),
  lookupGradient: (op, graph) => gradientRow(op.output, graph),
  resizeGradient: (op, graph) => gradientRow(op.output, graph),
  headInputGradient: (op, graph) => elementsOf(graph, op.error) * INT32,
  headUpdate: none,
  copyGradient: none,
  scaleGradient: none,
  /** Scaled: one plane. */
  biasUpdate: (op, graph) =>
    op.view?.of === 'scaled' ? viewedPixels(op, graph) * mantissaOf(op.gradient, graph) : 0,
  /** One row of sums: the pixels of the layer's input; viewed: two and, scaled, four planes. Running: its sums lie where the output will. */
  inputGradient: (op, graph) => {
    if (op.accumulation === 'running')
      return Math.max(runningScratch(op, graph, 'add'), runningScratch(op, graph, 'finish'));
    if (!op.view) return gradientRow(op.output, graph);
    const planes = op.view.of === 'scaled' ? 4 * mantissaOf(op.gradient, graph) : 0;
    return viewedPixels(op, graph) * (2 * INT32 + planes);
  },
  /** pointwise_weight_update.c: two planes of a gradient. */
  weightUpdate: (op, graph) =>
    convolutionKernel(layerOf(op, graph), graph) === 'pointwise'
      ? 2 * extentOf(graph, op.gradient, 1) * mantissaOf(op.gradient, graph)
      : 0,
};

/**
 * The kernels that a program is made of; `dsp`: those of fl_dsp_kernels.h where they can, `mve`: those of fl_mve_kernels.h where
 * they can, `mve-lean`: those of the latter that borrow no more than the plain ones (all but depthwise layers), which do the rest.
 */
export type KernelSet = 'plain' | 'dsp' | 'mve' | 'mve-lean';

const MOST_DSP_PIXELS = 3;
const DSP_CHANNELS = 4;

/** columns_dsp.c: int16 columns; conv2d_dsp.c: and as many of bytes. */
function dspColumns(pixels: number, depth: number, isGathered: boolean): number {
  const column = raised(depth, 8);
  return Math.min(MOST_DSP_PIXELS, pixels) * column * (INT16 + (isGathered ? 1 : 0));
}

/** depthwise_conv2d_dsp.c: rows of four channels. */
function dspDepthwise(op: DepthwiseConv2d, graph: Graph): number {
  const [, height = 1, kernelWidth = 1] = shapeOf(graph, op.weights);
  const width = extentOf(graph, op.output, 2);
  const rows = (width - 1) * op.window.stride.width + kernelWidth + 1;
  const isConvolution = op.multiplier > 1 && extentOf(graph, op.input, 3) === 1;
  return isConvolution
    ? dspColumns(width, height * kernelWidth, true)
    : DSP_CHANNELS * (height * (raised(rows, 2) + raised(kernelWidth, 4)) * INT16 + 12);
}

function dspScratch(op: Op, graph: Graph): number {
  if (op.kind === 'depthwiseConv2d') return dspDepthwise(op, graph);
  if (op.kind !== 'conv2d' && op.kind !== 'fullyConnected') return 0;
  const depth = elementsOf(graph, op.weights) / extentOf(graph, op.weights, 0);
  if (op.kind === 'fullyConnected') return dspColumns(elementsOf(graph, op.input) / depth, depth, false);
  return convolutionKernel(op, graph) === 'pointwise'
    ? dspColumns(pixelsOf(graph, op.output), depth, false)
    : dspColumns(extentOf(graph, op.output, 2), depth, true);
}

/** Columns for vectors are bytes, two of them: no more than what plain kernels take. */
const mveScratch = (op: Op, graph: Graph): number =>
  op.kind === 'depthwiseConv2d' ? (vectorPlanes(op, graph)?.bytes ?? 0) : 0;

/** Bytes of arena that the kernel of `op` borrows while it runs; `dsp`, `mve`: enough for either kernel. */
export function scratchBytes(op: Op, graph: Graph, kernels: KernelSet = 'plain'): number {
  const plain = (SCRATCH[op.kind] as (op: Op, graph: Graph) => number)(op, graph);
  if (kernels === 'dsp') return Math.max(plain, dspScratch(op, graph));
  return kernels === 'mve' ? Math.max(plain, mveScratch(op, graph)) : plain;
}

/**
 * The same for calls of one row. `reduces`: sums of int32, one an output channel, that are kept from the first call of the
 * operator to its last.
 */
export const rowScratchBytes = (
  op: Op,
  graph: Graph,
  reduces: boolean,
  kernels: KernelSet = 'plain',
): number =>
  reduces
    ? ruleOf(op)
        .outputs(op)
        .reduce((sum, id) => sum + elementsOf(graph, id), 0) * INT32
    : scratchBytes(op, graph, kernels);

/** The same for a call of some channels, or for the beginning or the end of sums. */
export function channelScratchBytes(
  op: Op,
  graph: Graph,
  { stage }: Pick<OpCall, 'stage'>,
  kernels: KernelSet = 'plain',
): number {
  if (op.kind !== 'inputGradient' || op.accumulation !== 'running') return scratchBytes(op, graph, kernels);
  return stage === 'begin' ? 0 : runningScratch(op, graph, stage ?? 'add');
}
