import {
  elementCount,
  type Graph,
  type Op,
  type OpOf,
  perTensor,
  producerOf,
  type TensorId,
  tensorOf,
  type Unary,
} from '#libs/model/ir';
import { resizeNearestIndices } from '#libs/model/quant';
import type { Machine } from '../machine';
import { hasBit } from '../ops/bits';

type Shape = readonly number[];

/** What comes back to one operand, element by element in row-major order. */
export interface OperandShare {
  readonly of: TensorId;
  readonly gradient: Float64Array;
}

const shapeOf = (graph: Graph, id: TensorId): Shape => tensorOf(graph, id).shape;
const scaleOf = (graph: Graph, id: TensorId): number => perTensor(tensorOf(graph, id)).scale;
const zeroOf = (graph: Graph, id: TensorId): number => perTensor(tensorOf(graph, id)).zeroPoint;

/** Indices of the element at `position`, one a dimension. */
function indicesAt(position: number, shape: Shape): readonly number[] {
  const indices: number[] = [];
  let rest = position;
  for (const extent of shape.toReversed()) {
    indices.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return indices;
}

const positionOf = (indices: Shape, shape: Shape): number =>
  shape.reduce((position, extent, axis) => position * extent + (indices[axis] ?? 0), 0);

/** Which element of an operand an element of the result takes, if any, and how far it moves with it. */
interface Taking {
  readonly element: (position: number) => number | undefined;
  readonly weight?: (position: number) => number;
}

function gathered(
  graph: Graph,
  of: TensorId,
  result: Float64Array,
  { element, weight = () => 1 }: Taking,
): OperandShare {
  const gradient = new Float64Array(elementCount(shapeOf(graph, of)));
  result.forEach((value, position) => {
    const source = element(position);
    if (source !== undefined) gradient[source]! += value * weight(position);
  });
  return { of, gradient };
}

/** Where a broadcast operand is read for an element of the result. */
function stretched(operand: Shape, result: Shape): (position: number) => number {
  const missing = result.length - operand.length;
  return (position) => {
    const indices = indicesAt(position, result).slice(missing);
    return positionOf(
      indices.map((index, axis) => (operand[axis] === 1 ? 0 : index)),
      operand,
    );
  };
}

function ofBinary(machine: Machine, op: OpOf<'add' | 'sub' | 'mul'>, result: Float64Array) {
  const { graph, memory } = machine;
  const shape = shapeOf(graph, op.output);
  const sources = op.inputs.map((id) => stretched(shapeOf(graph, id), shape));
  return op.inputs.map((of, index): OperandShare => {
    const other = op.inputs[index === 0 ? 1 : 0];
    const ratio = scaleOf(graph, of) / scaleOf(graph, op.output);
    const weight = (position: number): number => {
      if (op.kind !== 'mul') return op.kind === 'sub' && index === 1 ? -ratio : ratio;
      const element = (sources[index === 0 ? 1 : 0] as (at: number) => number)(position);
      const value = (memory.int8(other)[element] as number) - zeroOf(graph, other);
      return ratio * scaleOf(graph, other) * value;
    };
    return gathered(graph, of, result, { element: sources[index] as (at: number) => number, weight });
  });
}

/** Slopes in real numbers; clamps have theirs in their masks. */
const SLOPES: { readonly [N in Unary['function']['name']]: (x: number, alpha: number) => number } = {
  requantize: () => 1,
  relu: () => 1,
  relu6: () => 1,
  reluN1To1: () => 1,
  leakyRelu: (x, alpha) => (x < 0 ? alpha : 1),
  logistic: (x) => 1 / (1 + Math.exp(-x)) / (1 + Math.exp(x)),
  hardSwish: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5),
};

function ofUnary({ graph, memory }: Machine, op: Unary, result: Float64Array): OperandShare {
  const [input, output] = [perTensor(tensorOf(graph, op.input)), perTensor(tensorOf(graph, op.output))];
  const ratio = op.function.name === 'relu6' ? 1 : input.scale / output.scale;
  const alpha = op.function.name === 'leakyRelu' ? op.function.alpha : 0;
  const isTable = ['leakyRelu', 'logistic', 'hardSwish'].includes(op.function.name);
  const stored = memory.int8(op.output);
  const weight = (position: number): number => {
    const x = ((memory.int8(op.input)[position] as number) - input.zeroPoint) * input.scale;
    const saturates =
      isTable && op.function.name !== 'logistic' && Math.abs((stored[position] as number) + 0.5) > 127;
    return saturates ? 0 : SLOPES[op.function.name](x, alpha) * ratio;
  };
  return gathered(graph, op.input, result, { element: (position) => position, weight });
}

/** The window of a pool at output pixel `pixel`: positions on the map. */
function windowAt(graph: Graph, op: OpOf<'averagePool2d' | 'maxPool2d'>, pixel: number): number[] {
  const [, height = 1, width = 1] = shapeOf(graph, op.input);
  const columns = shapeOf(graph, op.output)[2] ?? 1;
  const { stride, padding } = op.window;
  const pixels: number[] = [];
  for (let ky = 0; ky < op.kernel.height; ky++) {
    for (let kx = 0; kx < op.kernel.width; kx++) {
      const y = Math.floor(pixel / columns) * stride.height - padding.top + ky;
      const x = (pixel % columns) * stride.width - padding.left + kx;
      if (y >= 0 && y < height && x >= 0 && x < width) pixels.push(y * width + x);
    }
  }
  return pixels;
}

function ofPool(
  { graph, memory }: Machine,
  op: OpOf<'averagePool2d' | 'maxPool2d'>,
  result: Float64Array,
): OperandShare {
  const channels = shapeOf(graph, op.input)[3] ?? 1;
  const gradient = new Float64Array(elementCount(shapeOf(graph, op.input)));
  const input = memory.int8(op.input);
  result.forEach((value, position) => {
    const channel = position % channels;
    const elements = windowAt(graph, op, Math.floor(position / channels)).map((p) => p * channels + channel);
    if (op.kind === 'averagePool2d') for (const at of elements) gradient[at]! += value / elements.length;
    else {
      const largest = Math.max(...elements.map((at) => input[at] as number));
      gradient[elements.find((at) => input[at] === largest) ?? 0]! += value;
    }
  });
  return { of: op.input, gradient };
}

type Positions = (position: number) => number;

function transposed(graph: Graph, op: OpOf<'transpose'>): Positions {
  const [input, output] = [shapeOf(graph, op.input), shapeOf(graph, op.output)];
  return (position) => {
    const indices = indicesAt(position, output);
    return positionOf(
      input.map((_, axis) => indices[op.permutation.indexOf(axis)] ?? 0),
      input,
    );
  };
}

function sliced(graph: Graph, op: OpOf<'stridedSlice'>): Positions {
  const input = shapeOf(graph, op.input);
  const along = (index: number, axis: number): number =>
    (op.begin[axis] ?? 0) + index * (op.strides[axis] ?? 1);
  return (position) => positionOf(indicesAt(position, op.extents).map(along), input);
}

function resized(graph: Graph, op: OpOf<'resizeNearest'>): Positions {
  const { rows, columns } = resizeNearestIndices(graph, op);
  const [input, output] = [shapeOf(graph, op.input), shapeOf(graph, op.output)];
  return (position) => {
    const [batch = 0, y = 0, x = 0, channel = 0] = indicesAt(position, output);
    return positionOf([batch, rows[y] ?? 0, columns[x] ?? 0, channel], input);
  };
}

function ofPad(graph: Graph, op: OpOf<'pad'>, result: Float64Array): OperandShare {
  const [input, output] = [shapeOf(graph, op.input), shapeOf(graph, op.output)];
  const element = (position: number): number | undefined => {
    const indices = indicesAt(position, output).map((index, axis) => index - (op.before[axis] ?? 0));
    const isInside = indices.every((index, axis) => index >= 0 && index < (input[axis] ?? 0));
    return isInside ? positionOf(indices, input) : undefined;
  };
  return gathered(graph, op.input, result, { element });
}

function ofConcatenation(graph: Graph, op: OpOf<'concatenation'>, result: Float64Array) {
  const output = shapeOf(graph, op.output);
  let before = 0;
  return op.inputs.map((of) => {
    const shape = shapeOf(graph, of);
    const [from, to] = [before, before + (shape[op.axis] ?? 0)];
    before = to;
    const element = (position: number): number | undefined => {
      const indices = indicesAt(position, output);
      const along = indices[op.axis] ?? 0;
      if (along < from || along >= to) return undefined;
      return positionOf(
        indices.map((index, axis) => (axis === op.axis ? index - from : index)),
        shape,
      );
    };
    return gathered(graph, of, result, { element });
  });
}

function ofMean(graph: Graph, op: OpOf<'mean'>, result: Float64Array): OperandShare {
  const input = shapeOf(graph, op.input);
  const kept = input.map((extent, axis) => (op.axes.includes(axis) ? 1 : extent));
  const count = elementCount(input) / elementCount(kept);
  const ratio = scaleOf(graph, op.input) / scaleOf(graph, op.output) / count;
  const gradient = Float64Array.from({ length: elementCount(input) }, (_, position) => {
    const indices = indicesAt(position, input).map((index, axis) => (op.axes.includes(axis) ? 0 : index));
    return (result[positionOf(indices, kept)] ?? 0) * ratio;
  });
  return { of: op.input, gradient };
}

type Shares<O> = (machine: Machine, op: O, result: Float64Array) => readonly OperandShare[];

const moving =
  <O extends { readonly input: TensorId }>(positions: (graph: Graph, op: O) => Positions): Shares<O> =>
  ({ graph }, op, result) => [gathered(graph, op.input, result, { element: positions(graph, op) })];

const pooled: Shares<OpOf<'averagePool2d' | 'maxPool2d'>> = (machine, op, result) => [
  ofPool(machine, op, result),
];

const SHARES = {
  add: ofBinary,
  sub: ofBinary,
  mul: ofBinary,
  unary: (machine: Machine, op: Unary, result: Float64Array) => [ofUnary(machine, op, result)],
  averagePool2d: pooled,
  maxPool2d: pooled,
  pad: ({ graph }: Machine, op: OpOf<'pad'>, result: Float64Array) => [ofPad(graph, op, result)],
  concatenation: ({ graph }: Machine, op: OpOf<'concatenation'>, result: Float64Array) =>
    ofConcatenation(graph, op, result),
  mean: ({ graph }: Machine, op: OpOf<'mean'>, result: Float64Array) => [ofMean(graph, op, result)],
  reshape: moving<OpOf<'reshape'>>(() => (position) => position),
  transpose: moving(transposed),
  stridedSlice: moving(sliced),
  resizeNearest: moving(resized),
};

/**
 * What comes back to the operands of an operator without weights, from its definition: real scales, real slopes, no rounding.
 * @param result the gradient of its output, through its clamp
 */
export function floatShares(machine: Machine, op: Op, result: Float64Array): readonly OperandShare[] {
  return op.kind in SHARES ? (SHARES[op.kind as keyof typeof SHARES] as Shares<Op>)(machine, op, result) : [];
}

/** The gradient of an output through its clamp: the mask of its operator, or the one that was recorded of it. */
export function throughClamp({ graph, memory }: Machine, of: TensorId, gradient: Float64Array): Float64Array {
  const producer = producerOf(graph, of);
  const own = producer && 'mask' in producer ? producer.mask : undefined;
  const record = graph.ops.find(
    (op) => (op.kind === 'recordClamp' || op.kind === 'recordLookup') && op.of === of,
  );
  const mask = own ?? (record && 'output' in record ? record.output : undefined);
  if (mask === undefined) return gradient;
  const bits = memory.bytes(mask);
  return gradient.map((value, i) => (hasBit(bits, i) ? value : 0));
}
