/**
 * Which rows of its operands an operator needs for a row of its output, and which it does not need any more afterwards.
 *
 * Operators without a rule run whole. A rule exists for maps of batch 1 whose kernels take bands of rows (fl_band), and for
 * element by element operators on operands of equal shape, whose kernels take any run of elements.
 *
 * Operators with a clamp mask run row by row too: the mask is one whole buffer, filled by the call of the first row (of a
 * convolution) or a row at a time (of an add: only where rows begin at whole bytes of the mask). So are the planes of a saved input.
 *
 * An average pool over all pixels reduces: its calls are counted in rows of its *input*, sums of 4 bytes a channel are kept
 * from call to call in its scratch, and its one output row is written by the last call. That needs a kernel which is told
 * the rows (`reduceByRows` of the request); fl_average_pool2d_s8 reads its whole window at once.
 */
import {
  type AveragePool2d,
  type Conv2d,
  type DepthwiseConv2d,
  type Graph,
  type MaxPool2d,
  type Op,
  type OpKind,
  type OpOf,
  type ResizeNearest,
  ruleOf,
  type SaveInput,
  type TensorId,
  tensorOf,
  type Window,
} from '#libs/model/ir';
import { resizeNearestIndices } from '#libs/model/quant';
import { elementsOf, extentOf, shapeOf } from './kernels';
import { isMap } from './rows';

/** Rows of one operand, as how many of its first rows: `needed[u]` before call u, `released[u]` after it, by nobody but others. */
export interface RowReads {
  readonly tensor: TensorId;
  readonly needed: readonly number[];
  readonly released: readonly number[];
}

export interface RowRule {
  /** How often the kernel is called, a row each time. */
  readonly calls: number;
  readonly output: TensorId;
  readonly reads: readonly RowReads[];
  /** Written along with the output, whole from the first call on. */
  readonly mask?: TensorId | undefined;
  /** The calls count rows of the input; the one output row is complete after the last. */
  readonly reduces: boolean;
  /** The kernel reads an element just before it writes the same: an output row may lie exactly on an operand's, or below. */
  readonly elementwise: boolean;
  /** The rows under the kernel are copied, a channel at a time, before that channel is written: how many rows those are. */
  readonly copiesRows?: number;
}

const clamped = (rows: number, height: number): number => Math.max(0, Math.min(height, rows));

interface Reach {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

function windowReads(tensor: TensorId, { inputs, outputs }: Rows, reach: Reach): RowReads {
  const { kernel, stride, dilation, before } = reach;
  const rows = Array.from({ length: outputs }, (_, row) => row * stride - before);
  return {
    tensor,
    needed: rows.map((first) => clamped(first + (kernel - 1) * dilation + 1, inputs)),
    released: rows.map((first, row) => (row === outputs - 1 ? inputs : clamped(first + stride, inputs))),
  };
}

interface Rows {
  readonly inputs: number;
  readonly outputs: number;
}

const rowsOf = ({ input, output }: { input: TensorId; output: TensorId }, graph: Graph): Rows => ({
  inputs: extentOf(graph, input, 1),
  outputs: extentOf(graph, output, 1),
});

const reachOf = (window: Window, kernel: number): Reach => ({
  kernel,
  stride: window.stride.height,
  dilation: window.dilation.height,
  before: window.padding.top,
});

function map(
  { output, mask }: { readonly output: TensorId; readonly mask?: TensorId },
  reads: readonly RowReads[],
  graph: Graph,
): RowRule {
  return { calls: extentOf(graph, output, 1), output, mask, reads, reduces: false, elementwise: false };
}

function convolution(op: Conv2d, graph: Graph): RowRule {
  const reach = reachOf(op.window, extentOf(graph, op.weights, 1));
  return map(op, [windowReads(op.input, rowsOf(op, graph), reach)], graph);
}

function depthwise(op: DepthwiseConv2d, graph: Graph): RowRule {
  const reach = reachOf(op.window, extentOf(graph, op.weights, 1));
  const rule = map(op, [windowReads(op.input, rowsOf(op, graph), reach)], graph);
  return op.multiplier === 1 ? { ...rule, copiesRows: (reach.kernel - 1) * reach.dilation + 1 } : rule;
}

function pool(op: AveragePool2d | MaxPool2d, graph: Graph): RowRule {
  const reads = windowReads(op.input, rowsOf(op, graph), reachOf(op.window, op.kernel.height));
  return map(op, [reads], graph);
}

/** One window over all pixels, of more rows than one. */
function isGlobalPool(op: AveragePool2d, graph: Graph): boolean {
  const [, height = 0, width = 0] = shapeOf(graph, op.input);
  const [, rows, columns] = shapeOf(graph, op.output);
  const { top, left } = op.window.padding;
  return (
    height > 1 &&
    rows === 1 &&
    columns === 1 &&
    top === 0 &&
    left === 0 &&
    op.kernel.height >= height &&
    op.kernel.width >= width
  );
}

function globalPool(op: AveragePool2d, graph: Graph): RowRule {
  const calls = extentOf(graph, op.input, 1);
  const rows = Array.from({ length: calls }, (_, row) => row + 1);
  const reads = [{ tensor: op.input, needed: rows, released: rows }];
  return { calls, output: op.output, reads, reduces: true, elementwise: false };
}

function resize(op: ResizeNearest, graph: Graph): RowRule {
  const rows = [...resizeNearestIndices(graph, op).rows];
  const { inputs } = rowsOf(op, graph);
  const needed = rows.map((row) => row + 1);
  const released = rows.map((_, row) => rows[row + 1] ?? inputs);
  return map(op, [{ tensor: op.input, needed, released }], graph);
}

/** Its kernel counts bits from where it is told to begin, which must be a byte. */
function masksWholeBytes(op: OpOf<'add'>, graph: Graph): boolean {
  const [, rows = 1] = shapeOf(graph, op.output);
  return op.mask === undefined || rows === 1 || (elementsOf(graph, op.output) / rows) % 8 === 0;
}

/** Operands in flash are read where they lie, row by row too. */
function elementwise(op: OpOf<'add' | 'sub' | 'mul' | 'unary'>, graph: Graph): RowRule | undefined {
  const shape = shapeOf(graph, op.output).join();
  const operands = [...new Set(ruleOf(op).inputs(op))];
  const isEven = operands.every((id) => shapeOf(graph, id).join() === shape);
  if (!isEven || (op.kind === 'add' && !masksWholeBytes(op, graph))) return undefined;
  const rows = Array.from({ length: extentOf(graph, op.output, 1) }, (_, row) => row + 1);
  const reads = operands.map((tensor) => ({ tensor, needed: rows, released: rows }));
  return { ...map(op, reads, graph), elementwise: true };
}

/** Counts rows of its input; the planes are whole from the first on. */
function saveInput(op: SaveInput, graph: Graph): RowRule {
  const rows = Array.from({ length: extentOf(graph, op.input, 1) }, (_, row) => row + 1);
  const reads = [{ tensor: op.input, needed: rows, released: rows }];
  return { calls: rows.length, output: op.output, reads, reduces: false, elementwise: false };
}

const whole = (): undefined => undefined;

const RULES: { readonly [K in OpKind]: (op: OpOf<K>, graph: Graph) => RowRule | undefined } = {
  conv2d: convolution,
  depthwiseConv2d: depthwise,
  transposeConv2d: whole,
  fullyConnected: whole,
  add: elementwise,
  sub: elementwise,
  mul: elementwise,
  unary: elementwise,
  quantize: whole,
  dequantize: whole,
  softmax: whole,
  reshape: whole,
  pad: whole,
  concatenation: whole,
  stridedSlice: whole,
  transpose: whole,
  resizeNearest: resize,
  averagePool2d: pool,
  maxPool2d: pool,
  mean: whole,
  head: whole,
  saveInput,
  softmaxCrossEntropy: whole,
  headInputGradient: whole,
  headUpdate: whole,
  copyGradient: whole,
  scaleGradient: whole,
  biasUpdate: whole,
  inputGradient: whole,
  weightUpdate: whole,
  recordClamp: whole,
  recordLookup: whole,
  recordMaximum: whole,
  squaredError: whole,
  addGradient: whole,
  moveGradient: whole,
  averagePoolGradient: whole,
  maxPoolGradient: whole,
  lookupGradient: whole,
  resizeGradient: whole,
};

/** What a kernel reads or writes from end to end, whatever the row: parameters (trained copies among them) and masks. */
const isWhole = (graph: Graph, id: TensorId): boolean => {
  const { role, type } = tensorOf(graph, id);
  return role === 'constant' || role === 'variable' || type === 'mask';
};

/** How `op` runs row by row; undefined for operators that run whole. */
export function rowRuleOf(op: Op, graph: Graph, reduceByRows: boolean): RowRule | undefined {
  const ends = [...ruleOf(op).inputs(op), ...(op.kind === 'saveInput' ? [] : ruleOf(op).outputs(op))];
  if (ends.some((id) => !isWhole(graph, id) && !isMap(graph, id))) return undefined;
  if (reduceByRows && op.kind === 'averagePool2d' && isGlobalPool(op, graph)) return globalPool(op, graph);
  return (RULES[op.kind] as (op: Op, graph: Graph) => RowRule | undefined)(op, graph);
}
