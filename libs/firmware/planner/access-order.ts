/**
 * In which order kernels touch memory, for the verifier: every operator as the sequence of reads and writes that its kernel
 * makes, as stated in fl_kernels.h ("Order"). Written from the kernels and not from overlap.ts, so that the two check each
 * other. Where no order is stated, operands are read once more after the last write: they must survive the call.
 * Kernels of maps, and those that go element by element, run on a band of output rows: all of them in a call without rows.
 */
import {
  type Add,
  type AveragePool2d,
  type Conv2d,
  type DepthwiseConv2d,
  elementCount,
  type FullyConnected,
  type Graph,
  type MaxPool2d,
  type Mul,
  type Op,
  type OpKind,
  type OpOf,
  ruleOf,
  type Sub,
  tensorBytes,
  type TensorId,
  tensorOf,
  type Unary,
} from '#libs/model/ir';
import { resizeNearestIndices } from '#libs/model/quant';
import { convolutionKernel, elementsOf, extentOf, shapeOf } from './kernels';
import { planeLayoutOf } from './plane-layout';
import type { Rows } from './schedule';

/** The arena, as a kernel sees it. Offsets are bytes from the tensor's first; what lies elsewhere is nobody's concern. */
export interface Memory {
  read(id: TensorId, from: number, count: number, step?: number): void;
  write(id: TensorId, from: number, count: number, step?: number): void;
}

const bytesOf = (graph: Graph, id: TensorId): number => tensorBytes(tensorOf(graph, id));

function readAll(ids: readonly TensorId[], graph: Graph, memory: Memory): void {
  for (const id of ids) memory.read(id, 0, bytesOf(graph, id));
}

function writeAll(ids: readonly TensorId[], graph: Graph, memory: Memory): void {
  for (const id of ids) memory.write(id, 0, bytesOf(graph, id));
}

/** A kernel of whose order nothing is known, or whose outputs and operands have no byte in common. */
export function accessInAnyOrder(op: Op, graph: Graph, memory: Memory): void {
  readAll(ruleOf(op).inputs(op), graph, memory);
  writeAll(ruleOf(op).outputs(op), graph, memory);
  readAll(ruleOf(op).inputs(op), graph, memory);
}

/** Bytes of a mask in which bits of the rows lie. */
function maskBytes(op: { readonly output: TensorId }, graph: Graph, { from, to }: Rows): Rows {
  const perRow = elementsOf(graph, op.output) / (shapeOf(graph, op.output)[1] ?? 1);
  return { from: Math.floor((from * perRow) / 8), to: Math.ceil((to * perRow) / 8) };
}

/** Masks are filled, by the call of the first row, before the first output is computed; bits of rows are cleared in all calls. */
function fillMask(
  op: { readonly mask?: TensorId; readonly output: TensorId },
  graph: Graph,
  memory: Memory,
  rows?: Rows,
): void {
  if (op.mask === undefined) return;
  if (!rows || rows.from === 0) writeAll([op.mask], graph, memory);
  if (!rows) return;
  const { from, to } = maskBytes(op, graph, rows);
  memory.read(op.mask, from, to - from);
  memory.write(op.mask, from, to - from);
}

/** Each call of an element by element kernel fills the bytes of its own rows. */
function fillMaskOfRows(op: Add, graph: Graph, memory: Memory, rows?: Rows): void {
  if (op.mask === undefined) return;
  if (!rows) return writeAll([op.mask], graph, memory);
  const { from, to } = maskBytes(op, graph, rows);
  memory.write(op.mask, from, to - from);
}

/** The inputs under a kernel at one output pixel, row by row. */
class Taps {
  private readonly inputs: readonly [number, number, number];
  constructor(
    private readonly op: Conv2d | AveragePool2d | MaxPool2d,
    private readonly kernel: readonly [number, number],
    graph: Graph,
  ) {
    const [, height = 1, width = 1, channels = 1] = shapeOf(graph, op.input);
    this.inputs = [height, width, channels];
  }

  /** @param channel only this one; all where absent */
  read(row: number, column: number, memory: Memory, channel?: number): void {
    const { stride, dilation, padding } = this.op.window;
    const [height, width, channels] = this.inputs;
    for (let ky = 0; ky < this.kernel[0]; ky++) {
      const y = row * stride.height - padding.top + ky * dilation.height;
      if (y < 0 || y >= height) continue;
      for (let kx = 0; kx < this.kernel[1]; kx++) {
        const x = column * stride.width - padding.left + kx * dilation.width;
        if (x < 0 || x >= width) continue;
        const pixel = (y * width + x) * channels;
        if (channel === undefined) memory.read(this.op.input, pixel, channels);
        else memory.read(this.op.input, pixel + channel, 1);
      }
    }
  }
}

/** Pieces of `depth` bytes to as many of `outputs` bytes: two are read, then two are written. */
function inPairs(
  op: Conv2d | FullyConnected,
  { from, to, depth, outputs }: Rows & { depth: number; outputs: number },
  memory: Memory,
): void {
  for (let unit = from; unit < to; unit += 2) {
    const count = Math.min(2, to - unit);
    memory.read(op.input, unit * depth, count * depth);
    memory.write(op.output, unit * outputs, count * outputs);
  }
}

/** The rows of a call: all of the output where it names none. */
const bandOf = (op: { readonly output: TensorId }, graph: Graph, rows: Rows | undefined): Rows =>
  rows ?? { from: 0, to: shapeOf(graph, op.output)[1] ?? 1 };

function convolution(op: Conv2d, graph: Graph, memory: Memory, rows?: Rows): void {
  const [, , width = 1, outputs = 1] = shapeOf(graph, op.output);
  const { from, to } = bandOf(op, graph, rows);
  fillMask(op, graph, memory, rows);
  if (convolutionKernel(op, graph) === 'pointwise') {
    const depth = extentOf(graph, op.input, 3);
    return inPairs(op, { from: from * width, to: to * width, depth, outputs }, memory);
  }
  const taps = new Taps(op, [extentOf(graph, op.weights, 1), extentOf(graph, op.weights, 2)], graph);
  for (let y = from; y < to; y++) {
    for (let x = 0; x < width; x += 2) {
      const count = Math.min(2, width - x);
      for (let i = 0; i < count; i++) taps.read(y, x + i, memory);
      memory.write(op.output, (y * width + x) * outputs, count * outputs);
    }
  }
}

function depthwise(op: DepthwiseConv2d, graph: Graph, memory: Memory, rows?: Rows): void {
  const [, , width = 1, outputs = 1] = shapeOf(graph, op.output);
  const [, height = 1, columns = 1, inputs = 1] = shapeOf(graph, op.input);
  const { from, to } = bandOf(op, graph, rows);
  const { stride, dilation, padding } = op.window;
  const reach = (extentOf(graph, op.weights, 1) - 1) * dilation.height + 1;
  fillMask(op, graph, memory, rows);
  for (let channel = 0; channel < outputs; channel++) {
    let loaded = 0;
    for (let y = from; y < to; y++) {
      const first = y * stride.height;
      for (loaded = Math.max(loaded, first); loaded < first + reach; loaded++) {
        const row = loaded - padding.top;
        if (row < 0 || row >= height) continue;
        memory.read(op.input, row * columns * inputs + Math.floor(channel / op.multiplier), columns, inputs);
      }
      memory.write(op.output, y * width * outputs + channel, width, outputs);
    }
  }
}

function pool(op: AveragePool2d | MaxPool2d, graph: Graph, memory: Memory, rows?: Rows): void {
  const [, , width = 1, channels = 1] = shapeOf(graph, op.output);
  const { from, to } = bandOf(op, graph, rows);
  const taps = new Taps(op, [op.kernel.height, op.kernel.width], graph);
  for (let y = from; y < to; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        taps.read(y, x, memory, channel);
        memory.write(op.output, (y * width + x) * channels + channel, 1);
      }
    }
  }
}

function resize(op: OpOf<'resizeNearest'>, graph: Graph, memory: Memory, band?: Rows): void {
  const { rows, columns } = resizeNearestIndices(graph, op);
  const [, , width = 1, channels = 1] = shapeOf(graph, op.input);
  const { from, to } = bandOf(op, graph, band);
  let output = from * columns.length * channels;
  for (const row of rows.slice(from, to)) {
    for (const column of columns) {
      for (let channel = 0; channel < channels; channel++) {
        memory.read(op.input, (row * width + column) * channels + channel, 1);
        memory.write(op.output, output++, 1);
      }
    }
  }
}

/** Element by element; operands that are stretched are read before and must outlast the call. */
function elementwise(op: Add | Sub | Mul | Unary, graph: Graph, memory: Memory, rows?: Rows): void {
  const count = elementsOf(graph, op.output);
  const perRow = rows ? count / (shapeOf(graph, op.output)[1] ?? 1) : count;
  const { from, to } = rows ?? { from: 0, to: 1 };
  const operands = ruleOf(op).inputs(op);
  const even = operands.filter((id) => elementsOf(graph, id) === count);
  const stretched = operands.filter((id) => elementsOf(graph, id) !== count);
  if (op.kind === 'add') fillMaskOfRows(op, graph, memory, rows);
  readAll(stretched, graph, memory);
  for (let i = from * perRow; i < to * perRow; i++) {
    for (const id of even) memory.read(id, i, 1);
    memory.write(op.output, i, 1);
  }
  readAll(stretched, graph, memory);
}

function fullyConnected(op: FullyConnected, graph: Graph, memory: Memory): void {
  const [outputs, depth] = [extentOf(graph, op.weights, 0), extentOf(graph, op.weights, 1)];
  const units = elementsOf(graph, op.output) / outputs;
  inPairs(op, { from: 0, to: units, depth, outputs }, memory);
}

/** Largest element and sum first, then the row once more, element by element. */
function softmax(op: OpOf<'softmax'>, graph: Graph, memory: Memory): void {
  const shape = shapeOf(graph, op.input);
  const classes = shape.at(-1) ?? 1;
  const end = elementCount(shape);
  for (let row = 0; row < end; row += classes) {
    memory.read(op.input, row, classes);
    for (let i = row; i < row + classes; i++) {
      memory.read(op.input, i, 1);
      memory.write(op.output, i, 1);
    }
  }
}

function mean(op: OpOf<'mean'>, graph: Graph, memory: Memory): void {
  readAll([op.input], graph, memory);
  writeAll([op.output], graph, memory);
}

/** A band of rows of the map goes to the same pixels of every plane. */
function saveInput(op: OpOf<'saveInput'>, graph: Graph, memory: Memory, rows?: Rows): void {
  const [, height = 1, width = 1, channels = 1] = shapeOf(graph, op.input);
  const [planes, pixels] = [extentOf(graph, op.output, 0), extentOf(graph, op.output, 1)];
  const { from, to } = rows ?? { from: 0, to: height };
  memory.read(op.input, from * width * channels, (to - from) * width * channels);
  for (let plane = 0; plane < planes; plane++)
    memory.write(op.output, plane * pixels + from * width, (to - from) * width);
  memory.read(op.input, from * width * channels, (to - from) * width * channels);
}

/** In place by design: the mask is still read while the gradient is written. */
function scaleGradient(op: OpOf<'scaleGradient'>, graph: Graph, memory: Memory): void {
  const mask = op.mask === undefined ? [] : [op.mask];
  readAll([op.input, ...mask], graph, memory);
  writeAll([op.output], graph, memory);
  readAll(mask, graph, memory);
}

/** Channel by channel: plane and exponent of each gradient that comes, then those of the one that goes. All else outlasts the call. */
function byPlanes(
  op: OpOf<'addGradient' | 'averagePoolGradient' | 'maxPoolGradient' | 'lookupGradient' | 'resizeGradient'>,
  graph: Graph,
  memory: Memory,
): void {
  const gradients = op.kind === 'addGradient' ? op.terms.map(({ gradient }) => gradient) : [op.gradient];
  const others = ruleOf(op)
    .inputs(op)
    .filter((id) => !gradients.includes(id));
  const channels = extentOf(graph, op.output, 0);
  const written = planeLayoutOf(graph, op.output);
  readAll(others, graph, memory);
  for (let channel = 0; channel < channels; channel++) {
    for (const id of gradients) {
      const read = planeLayoutOf(graph, id);
      memory.read(id, ...read.plane(channel));
      memory.read(id, ...read.exponent(channel));
    }
    memory.write(op.output, ...written.plane(channel));
    memory.write(op.output, ...written.exponent(channel));
  }
  readAll(others, graph, memory);
}

/** The value does not move: the verifier sees to it that both names mean one place. */
const nothing = (): void => undefined;

type Access<O> = (op: O, graph: Graph, memory: Memory, rows?: Rows) => void;

const ORDERS: { readonly [K in OpKind]: Access<OpOf<K>> } = {
  conv2d: convolution,
  depthwiseConv2d: depthwise,
  transposeConv2d: accessInAnyOrder,
  fullyConnected,
  add: elementwise,
  sub: elementwise,
  mul: elementwise,
  unary: elementwise,
  quantize: accessInAnyOrder,
  dequantize: accessInAnyOrder,
  softmax,
  reshape: nothing,
  pad: accessInAnyOrder,
  concatenation: accessInAnyOrder,
  stridedSlice: accessInAnyOrder,
  transpose: accessInAnyOrder,
  resizeNearest: resize,
  averagePool2d: pool,
  maxPool2d: pool,
  mean,
  head: accessInAnyOrder,
  saveInput,
  softmaxCrossEntropy: accessInAnyOrder,
  headInputGradient: accessInAnyOrder,
  headUpdate: accessInAnyOrder,
  copyGradient: accessInAnyOrder,
  scaleGradient,
  biasUpdate: accessInAnyOrder,
  inputGradient: accessInAnyOrder,
  weightUpdate: accessInAnyOrder,
  recordClamp: accessInAnyOrder,
  recordLookup: accessInAnyOrder,
  recordMaximum: accessInAnyOrder,
  squaredError: accessInAnyOrder,
  addGradient: byPlanes,
  moveGradient: accessInAnyOrder,
  averagePoolGradient: byPlanes,
  maxPoolGradient: byPlanes,
  lookupGradient: byPlanes,
  resizeGradient: byPlanes,
};

/** Kinds whose kernels take bands of rows, or run on any part of their elements. */
const TAKES_ROWS: ReadonlySet<OpKind> = new Set<OpKind>([
  'conv2d',
  'depthwiseConv2d',
  'averagePool2d',
  'maxPool2d',
  'resizeNearest',
  'add',
  'sub',
  'mul',
  'unary',
  'saveInput',
]);

/** Can the mask be filled in pieces? That of an add only in whole bytes. */
function hasMaskOfRows(op: Op, graph: Graph): boolean {
  if (op.kind !== 'add' || op.mask === undefined) return true;
  const rows = shapeOf(graph, op.output)[1] ?? 1;
  return Array.from({ length: rows }, (_, row) => (row * elementsOf(graph, op.output)) / rows).every(
    (bit) => bit % 8 === 0,
  );
}

/** Maps of batch 1; stretched operands have no rows. Parameters and masks lie there whole. */
export function takesRows(op: Op, graph: Graph): boolean {
  const isParameter = new Set(['constant', 'variable']);
  const maps = [...ruleOf(op).inputs(op), ...ruleOf(op).outputs(op)].filter((id) => {
    const { role, type } = tensorOf(graph, id);
    return !isParameter.has(role) && type !== 'mask' && !(op.kind === 'saveInput' && id === op.output);
  });
  const areMaps = maps.every((id) => shapeOf(graph, id).length === 4 && shapeOf(graph, id)[0] === 1);
  const isStretched = op.kind === 'add' || op.kind === 'sub' || op.kind === 'mul';
  const [output] = ruleOf(op).outputs(op);
  const isEven =
    !isStretched ||
    op.inputs.every((id) => output !== undefined && elementsOf(graph, id) === elementsOf(graph, output));
  return TAKES_ROWS.has(op.kind) && areMaps && isEven && hasMaskOfRows(op, graph);
}

/** Runs one call on a memory. */
export const accessInOrder = (op: Op, graph: Graph, memory: Memory, rows?: Rows): void =>
  (ORDERS[op.kind] as Access<Op>)(op, graph, memory, rows);

/** One row of a pool over all pixels: its elements are added to sums; after the last row the means are written. */
export function accessReducing(op: AveragePool2d, graph: Graph, memory: Memory, { from, to }: Rows): void {
  const [, height = 1, width = 1, channels = 1] = shapeOf(graph, op.input);
  const rowBytes = width * channels;
  memory.read(op.input, from * rowBytes, (to - from) * rowBytes);
  if (to === height) memory.write(op.output, 0, channels);
}
