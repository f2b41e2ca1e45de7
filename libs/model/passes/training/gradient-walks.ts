/** How the gradients of operators that move, stretch, average or multiply elements are walked (GRADIENTS.md G5). */
import {
  type Add,
  type Concatenation,
  elementCount,
  type Graph,
  type GradientWalk,
  type Mean,
  type Mul,
  type Pad,
  type StridedSlice,
  type Sub,
  type TensorId,
  tensorOf,
  type Transpose,
} from '#libs/model/ir';

type Shape = readonly number[];

/** One dimension of the walk: steps in elements, row-major. `isChannel`: it moves along the operand's last dimension. */
interface Axis {
  readonly extent: number;
  readonly operand: number;
  readonly result: number;
  readonly factor?: number;
  readonly isChannel?: boolean;
}

interface Start {
  readonly operand?: number;
  readonly result?: number;
}

const rowMajor = (shape: Shape): readonly number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));

const channelsOf = (shape: Shape): number => shape.at(-1) ?? 1;

const dot = (a: Shape, b: Shape): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

type Loop = GradientWalk['loops'][number];

/** The same walk with as few loops as possible: those that move as one become one. */
function merged(loops: readonly Loop[]): readonly Loop[] {
  const result: Loop[] = [];
  for (const loop of loops) {
    if (loop.extent === 1) continue;
    const outer = result.at(-1);
    const together =
      outer?.pixel === loop.pixel * loop.extent &&
      outer.result === loop.result * loop.extent &&
      outer.factor === loop.factor * loop.extent;
    if (outer && together) result[result.length - 1] = { ...loop, extent: outer.extent * loop.extent };
    else result.push(loop);
  }
  return result;
}

/** @param channels of the operand; elements of it that no axis along its last dimension meets have no gradient */
function walkOf(axes: readonly Axis[], channels: number, start: Start = {}): GradientWalk {
  const along = axes.find(({ isChannel }) => isChannel);
  const first = start.operand ?? 0;
  return {
    loops: merged(
      axes
        .filter((axis) => axis !== along)
        .map(({ extent, operand, result, factor = 0 }) => ({
          extent,
          pixel: operand / channels,
          result,
          factor,
        })),
    ),
    start: { pixel: Math.floor(first / channels), result: start.result ?? 0, factor: 0 },
    channels: {
      first: first % channels,
      step: along?.operand || 1,
      count: along?.extent ?? 1,
      result: along?.result ?? 0,
      factor: along?.factor ?? 0,
    },
  };
}

const isLast = (shape: Shape, axis: number): boolean => axis === shape.length - 1;

/** RESHAPE, and everything else that keeps the order of the elements. */
export function reshapeWalk(operand: Shape): GradientWalk {
  const channels = channelsOf(operand);
  const pixels = elementCount(operand) / channels;
  return walkOf(
    [
      { extent: pixels, operand: channels, result: channels },
      { extent: channels, operand: 1, result: 1, isChannel: true },
    ],
    channels,
  );
}

/** An operand of the shape `operand` whose element (i, j, ...) is element start + i * steps[0] + ... of the result. */
function placedWalk(operand: Shape, steps: Shape, start = 0): GradientWalk {
  const own = rowMajor(operand);
  const axes = operand.map((extent, axis) => ({
    extent,
    operand: own[axis] ?? 1,
    result: steps[axis] ?? 0,
    isChannel: isLast(operand, axis),
  }));
  return walkOf(axes, channelsOf(operand), { result: start });
}

const shapeOf = (graph: Graph, id: TensorId): Shape => tensorOf(graph, id).shape;

export function transposeWalk(graph: Graph, op: Transpose): GradientWalk {
  const result = rowMajor(shapeOf(graph, op.output));
  const operand = shapeOf(graph, op.input);
  return placedWalk(
    operand,
    operand.map((_, axis) => result[op.permutation.indexOf(axis)] ?? 0),
  );
}

export function padWalk(graph: Graph, op: Pad): GradientWalk {
  const result = rowMajor(shapeOf(graph, op.output));
  return placedWalk(shapeOf(graph, op.input), result, dot(op.before, result));
}

/** Operand number `index`. */
export function concatenationWalk(graph: Graph, op: Concatenation, index: number): GradientWalk {
  const result = rowMajor(shapeOf(graph, op.output));
  const before = op.inputs.slice(0, index).reduce((sum, id) => sum + (shapeOf(graph, id)[op.axis] ?? 0), 0);
  const operand = op.inputs[index];
  return placedWalk(
    operand === undefined ? [] : shapeOf(graph, operand),
    result,
    before * (result[op.axis] ?? 0),
  );
}

/** Averaged dimensions do not move in the means. */
export function meanWalk(graph: Graph, op: Mean): GradientWalk {
  const operand = shapeOf(graph, op.input);
  const kept = rowMajor(operand.map((extent, axis) => (op.axes.includes(axis) ? 1 : extent)));
  return placedWalk(
    operand,
    kept.map((step, axis) => (op.axes.includes(axis) ? 0 : step)),
  );
}

/** The slice's elements, in order; other elements have no gradient. */
export function sliceWalk(graph: Graph, op: StridedSlice): GradientWalk {
  const operand = shapeOf(graph, op.input);
  const own = rowMajor(operand);
  const result = rowMajor(op.extents);
  const axes = op.extents.map((extent, axis) => ({
    extent,
    operand: (own[axis] ?? 1) * (op.strides[axis] ?? 1),
    result: result[axis] ?? 1,
    isChannel: isLast(operand, axis),
  }));
  return walkOf(axes, channelsOf(operand), { operand: dot(op.begin, own) });
}

/** How far an operand of a broadcast moves for each dimension of the result: not at all where it is stretched. */
function stretchedSteps(operand: Shape, rank: number): Shape {
  const steps = rowMajor(operand).map((step, axis) => (operand[axis] === 1 ? 0 : step));
  return [...Array.from({ length: rank - operand.length }, () => 0), ...steps];
}

/** Operand `index` of two that are stretched over each other; `factor`: the other one. */
export function binaryWalk(graph: Graph, op: Add | Sub | Mul, index: 0 | 1): GradientWalk {
  const shape = shapeOf(graph, op.output);
  const operand = shapeOf(graph, op.inputs[index]);
  const [own, other] = [operand, shapeOf(graph, op.inputs[index === 0 ? 1 : 0])].map((each) =>
    stretchedSteps(each, shape.length),
  );
  const result = rowMajor(shape);
  const channels = channelsOf(operand);
  const axes = shape.map((extent, axis) => ({
    extent,
    operand: own?.[axis] ?? 0,
    result: result[axis] ?? 1,
    factor: op.kind === 'mul' ? (other?.[axis] ?? 0) : 0,
    isChannel: isLast(shape, axis) && channels === extent,
  }));
  return walkOf(axes, channels);
}
