/**
 * How far the output of a call may lie over an operand that dies in it.
 *
 * A kernel works in steps; each reads a piece of the operand, then writes a piece of the output, and both move upwards. The
 * output may overwrite what no later step reads, so with d = output.base - operand.base
 *
 *   before step k+1:  d + (end of what steps 0..k wrote)  <=  (lowest byte that steps k+1.. read)      for every k
 *
 * and the least of the differences is the largest d (`atMost`; often negative: an expanding layer begins below its operand).
 * Where all is read before anything is written there is no limit. Steps, as stated in fl_kernels.h:
 *
 *   conv2d            two or three pixels of a row: their columns are gathered into scratch, then their outputs are written
 *   pointwise, fc     two or three pixels (rows) of the whole map, likewise: two are the stricter, as all distances are
 *                     linear and threes end with at least two
 *   depthwise         channel by channel, a row a step; the rows that it needs are in scratch before it is written. One
 *                     channel meets only itself if d is a multiple of the pixel (`multipleOf`)
 *   pools, resize     a pixel a step, one channel after the other
 *   element by element, and softmax row by row: exactly in place, or below
 *   mean                      all is read before anything is written
 *   depthwise input gradient  channel by channel (planes-reach.ts)
 *
 * Everything else must be disjoint: operators that read in another order than they write, masks (filled before the first
 * step), and the other training operators.
 */
import { at } from '#libs/base/result';
import {
  type Add,
  type AveragePool2d,
  type Conv2d,
  type DepthwiseConv2d,
  type FullyConnected,
  type Graph,
  type InputGradient,
  type MaxPool2d,
  type Mean,
  type Mul,
  type Op,
  type OpKind,
  type OpOf,
  type ResizeNearest,
  type Softmax,
  type Sub,
  tensorBytes,
  type TensorId,
  tensorOf,
  type Unary,
  type Window,
} from '#libs/model/ir';
import { resizeNearestIndices } from '#libs/model/quant';
import { convolutionKernel, elementsOf, extentOf, gradientOf, layerOf } from './kernels';
import { planesReach, type Reach } from './planes-reach';
import type { KernelSet } from './scratch';

export type { Reach };

export interface Overlap extends Reach {
  readonly operand: TensorId;
  readonly output: TensorId;
}

/** Read by nobody. */
const NOWHERE = Infinity;

interface Steps {
  readonly count: number;
  /** First byte of the operand that a step reads. */
  readonly lowest: (step: number) => number;
  /** End of what has been written after a step. */
  readonly end: (step: number) => number;
}

function largestDistance({ count, lowest, end }: Steps): number {
  let atMost = NOWHERE;
  let neededLater = NOWHERE;
  for (let step = count - 1; step >= 0; step--) {
    atMost = Math.min(atMost, neededLater - end(step));
    neededLater = Math.min(neededLater, lowest(step));
  }
  return atMost;
}

/** Units (pixels, rows) of `read` bytes each, two at a time, to units of `written` bytes. */
const pairs = (units: number, read: number, written: number): number =>
  largestDistance({
    count: Math.ceil(units / 2),
    lowest: (step) => 2 * step * read,
    end: (step) => Math.min(2 * step + 2, units) * written,
  });

/** The first tap of a kernel that meets the map, for every output position along one dimension; NOWHERE for none. */
function firstTaps(
  outputs: number,
  extent: number,
  { kernel, stride, dilation, before }: { kernel: number; stride: number; dilation: number; before: number },
): readonly number[] {
  return Array.from({ length: outputs }, (_, output) => {
    const first = output * stride - before;
    for (let tap = Math.max(0, Math.ceil(-first / dilation)); tap < kernel; tap++) {
      if (first + tap * dilation < extent) return first + tap * dilation;
    }
    return NOWHERE;
  });
}

interface Windowed {
  readonly input: TensorId;
  readonly output: TensorId;
  readonly window: Window;
}

function tapsOf({ input, output, window }: Windowed, kernel: readonly [number, number], graph: Graph) {
  const { stride, dilation, padding } = window;
  const [height, width] = kernel;
  return {
    rows: firstTaps(extentOf(graph, output, 1), extentOf(graph, input, 1), {
      kernel: height,
      stride: stride.height,
      dilation: dilation.height,
      before: padding.top,
    }),
    columns: firstTaps(extentOf(graph, output, 2), extentOf(graph, input, 2), {
      kernel: width,
      stride: stride.width,
      dilation: dilation.width,
      before: padding.left,
    }),
  };
}

/** Ends of the groups of pixels that a row is worked on in: pairs, or threes with a last four as two pairs. */
function groupEnds(width: number, most: 2 | 3): readonly number[] {
  const ends: number[] = [];
  for (let end = 0; end < width; ends.push(end)) end += width - end === 4 ? 2 : Math.min(most, width - end);
  return ends;
}

/** `dsp`: right for both kernels, that which takes threes and the plain one, which takes pairs. */
function generalConvolution(op: Conv2d, graph: Graph, kernels: KernelSet): number {
  const kernel = [extentOf(graph, op.weights, 1), extentOf(graph, op.weights, 2)] as const;
  const { rows, columns } = tapsOf(op, kernel, graph);
  const width = extentOf(graph, op.input, 2);
  const depth = extentOf(graph, op.input, 3);
  const outputs = extentOf(graph, op.output, 3);
  const distanceInGroups = (ends: readonly number[]): number =>
    largestDistance({
      count: rows.length * ends.length,
      lowest: (step) => {
        const group = step % ends.length;
        const column = Math.min(...columns.slice(ends[group - 1] ?? 0, ends[group]));
        return ((rows[Math.floor(step / ends.length)] ?? NOWHERE) * width + column) * depth;
      },
      end: (step) =>
        (Math.floor(step / ends.length) * columns.length + at(ends, step % ends.length)) * outputs,
    });
  const inPairs = distanceInGroups(groupEnds(columns.length, 2));
  if (kernels !== 'dsp') return inPairs;
  return Math.min(inPairs, distanceInGroups(groupEnds(columns.length, 3)));
}

function depthwise(op: DepthwiseConv2d, graph: Graph): readonly Overlap[] {
  if (op.multiplier !== 1) return [];
  const [height, width] = [extentOf(graph, op.input, 1), extentOf(graph, op.input, 2)];
  const { stride, dilation, padding } = op.window;
  const reach = (extentOf(graph, op.weights, 1) - 1) * dilation.height + 1;
  const loadedBefore = (row: number): number => (row - 1) * stride.height + reach - padding.top;
  const pixels = largestDistance({
    count: extentOf(graph, op.output, 1),
    lowest: (row) => {
      const first = Math.max(0, row * stride.height - padding.top, row === 0 ? 0 : loadedBefore(row));
      return first < Math.min(height, loadedBefore(row + 1)) ? first * width : NOWHERE;
    },
    end: (row) => (row + 1) * extentOf(graph, op.output, 2),
  });
  const channels = extentOf(graph, op.input, 3);
  return [{ operand: op.input, output: op.output, atMost: pixels * channels, multipleOf: channels }];
}

/** A pixel a step, channel by channel. `rows`, `columns`: where the input pixels of an output row or column begin. */
function pixelwise(
  op: AveragePool2d | MaxPool2d | ResizeNearest,
  { rows, columns }: { readonly rows: ArrayLike<number>; readonly columns: ArrayLike<number> },
  graph: Graph,
): readonly Overlap[] {
  const width = extentOf(graph, op.input, 2);
  const channels = extentOf(graph, op.input, 3);
  const count = rows.length * columns.length;
  const lowest = (pixel: number): number =>
    (rows[Math.floor(pixel / columns.length)] as number) * width +
    (columns[pixel % columns.length] as number);
  let pixels = largestDistance({ count, lowest, end: (pixel) => pixel + 1 });
  // The other channels, if any, are still to be read when the first channel of a pixel is written.
  const mixed = channels > 1 ? count : 0;
  for (let pixel = 0; pixel < mixed; pixel++) pixels = Math.min(pixels, lowest(pixel) - pixel);
  return [{ operand: op.input, output: op.output, atMost: pixels * channels, multipleOf: 1 }];
}

const pool = (op: AveragePool2d | MaxPool2d, graph: Graph): readonly Overlap[] =>
  pixelwise(op, tapsOf(op, [op.kernel.height, op.kernel.width], graph), graph);

const resize = (op: ResizeNearest, graph: Graph): readonly Overlap[] =>
  pixelwise(op, resizeNearestIndices(graph, op), graph);

/** Operands as large as the output are read element by element just before it is written; stretched ones again and again. */
function elementwise(op: Add | Sub | Mul | Unary | Softmax, graph: Graph): readonly Overlap[] {
  const bytes = tensorBytes(tensorOf(graph, op.output));
  return ('inputs' in op ? op.inputs : [op.input])
    .filter((operand) => tensorBytes(tensorOf(graph, operand)) === bytes)
    .map((operand) => ({ operand, output: op.output, atMost: 0, multipleOf: 1 }));
}

function convolution(op: Conv2d, graph: Graph, kernels: KernelSet): readonly Overlap[] {
  const pixels = extentOf(graph, op.output, 1) * extentOf(graph, op.output, 2);
  const atMost =
    convolutionKernel(op, graph) === 'pointwise'
      ? pairs(pixels, extentOf(graph, op.input, 3), extentOf(graph, op.output, 3))
      : generalConvolution(op, graph, kernels);
  return [{ operand: op.input, output: op.output, atMost, multipleOf: 1 }];
}

function fullyConnected(op: FullyConnected, graph: Graph): readonly Overlap[] {
  const [outputs, depth] = [extentOf(graph, op.weights, 0), extentOf(graph, op.weights, 1)];
  const atMost = pairs(elementsOf(graph, op.output) / outputs, depth, outputs);
  return [{ operand: op.input, output: op.output, atMost, multipleOf: 1 }];
}

const mean = (op: Mean): readonly Overlap[] => [
  { operand: op.input, output: op.output, atMost: NOWHERE, multipleOf: 1 },
];

/** Of a depthwise layer: the gradient of its input, over that of its output. */
function inputGradient(op: InputGradient, graph: Graph): readonly Overlap[] {
  if (convolutionKernel(layerOf(op, graph), graph) !== 'depthwise') return [];
  if (extentOf(graph, op.output, 0) !== extentOf(graph, op.gradient, 0)) return [];
  return overGradient(op.gradient, op.output, graph);
}

type Planewise = OpOf<'averagePoolGradient' | 'maxPoolGradient' | 'lookupGradient' | 'resizeGradient'>;

/** Kernels that take in a channel of a gradient before they write the same channel of another. */
function overGradient(gradient: TensorId, output: TensorId, graph: Graph): readonly Overlap[] {
  const { type } = gradientOf(graph, gradient);
  const [channels, read] = [extentOf(graph, gradient, 0), extentOf(graph, gradient, 1)];
  const reach = planesReach({ type, channels }, read, extentOf(graph, output, 1));
  return reach ? [{ operand: gradient, output, ...reach }] : [];
}

const planewise = (op: Planewise, graph: Graph): readonly Overlap[] =>
  overGradient(op.gradient, op.output, graph);

const addGradient = (op: OpOf<'addGradient'>, graph: Graph): readonly Overlap[] =>
  op.terms.flatMap(({ gradient }) => overGradient(gradient, op.output, graph));

const disjoint = (): readonly Overlap[] => [];

type Rule<K extends OpKind> = (op: OpOf<K>, graph: Graph, kernels: KernelSet) => readonly Overlap[];

const RULES: { readonly [K in OpKind]: Rule<K> } = {
  conv2d: convolution,
  depthwiseConv2d: depthwise,
  transposeConv2d: disjoint,
  fullyConnected,
  add: elementwise,
  sub: elementwise,
  mul: elementwise,
  unary: elementwise,
  quantize: disjoint,
  dequantize: disjoint,
  softmax: elementwise,
  reshape: disjoint,
  pad: disjoint,
  concatenation: disjoint,
  stridedSlice: disjoint,
  transpose: disjoint,
  resizeNearest: resize,
  averagePool2d: pool,
  maxPool2d: pool,
  mean,
  head: disjoint,
  saveInput: disjoint,
  softmaxCrossEntropy: disjoint,
  headInputGradient: disjoint,
  headUpdate: disjoint,
  copyGradient: disjoint,
  scaleGradient: disjoint,
  biasUpdate: disjoint,
  inputGradient,
  weightUpdate: disjoint,
  recordClamp: disjoint,
  recordLookup: disjoint,
  recordMaximum: disjoint,
  squaredError: disjoint,
  addGradient,
  moveGradient: disjoint,
  averagePoolGradient: planewise,
  maxPoolGradient: planewise,
  lookupGradient: planewise,
  resizeGradient: planewise,
};

/** Where the output of `op` may lie over operands that nobody reads afterwards. */
export const overlapsOf = (op: Op, graph: Graph, kernels: KernelSet = 'plain'): readonly Overlap[] =>
  (RULES[op.kind] as (op: Op, graph: Graph, kernels: KernelSet) => readonly Overlap[])(op, graph, kernels);

/** Bytes that a dying operand and an output take together when they overlap as far as they may. */
export function unionBytes(operand: number, output: number, { atMost, multipleOf }: Reach): number {
  const distance = multipleOf * Math.floor(Math.min(atMost, 0) / multipleOf);
  return Math.min(operand + output, Math.max(operand - distance, output));
}
