/** Operators that move elements and compute nothing. Input and output share scale and zero point. */
import { type Graph, tensorOf } from '../graph';
import { elementCount, type TensorId } from '../tensor';
import type { OpRule } from './op-rule';

/** RESHAPE (and SQUEEZE, EXPAND_DIMS): the same bytes under another shape. */
export interface Reshape {
  readonly kind: 'reshape';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
}

/**
 * PAD with the zero point: elements before and after, one number a dimension. Where a convolution follows, a pass folds
 * it into the convolution's window.
 */
export interface Pad {
  readonly kind: 'pad';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** CONCATENATION along `axis` (0 up to the rank). All operands have the output's scale and zero point; any may be constant. */
export interface Concatenation {
  readonly kind: 'concatenation';
  readonly name: string;
  readonly inputs: readonly TensorId[];
  readonly output: TensorId;
  readonly axis: number;
}

/**
 * STRIDED_SLICE in normal form: output index i reads input index begin + i * stride in each dimension of the input (strides
 * may be negative, never 0). `extents`: of the slice, before dimensions that the file shrinks are dropped from the
 * output's shape; their product is the output's element count.
 */
export interface StridedSlice {
  readonly kind: 'stridedSlice';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly begin: readonly number[];
  readonly strides: readonly number[];
  readonly extents: readonly number[];
}

/** TRANSPOSE: dimension i of the output is dimension permutation[i] of the input. */
export interface Transpose {
  readonly kind: 'transpose';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly permutation: readonly number[];
}

/** RESIZE_NEAREST_NEIGHBOR of a map [1,H,W,C]. */
export interface ResizeNearest {
  readonly kind: 'resizeNearest';
  readonly name: string;
  readonly input: TensorId;
  readonly output: TensorId;
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

const shapeOf = (graph: Graph, id: TensorId): readonly number[] => tensorOf(graph, id).shape;

/** No fault where the output has the wanted shape. */
const expectShape = (graph: Graph, output: TensorId, wanted: readonly number[]): readonly string[] => {
  const given = shapeOf(graph, output);
  return given.join('x') === wanted.join('x')
    ? []
    : [`output is ${given.join('x')}, but ${wanted.join('x')} comes out`];
};

interface Moving {
  readonly input: TensorId;
  readonly output: TensorId;
}
const moving = {
  inputs: (op: Moving) => [op.input],
  outputs: (op: Moving) => [op.output],
  macs: () => 0,
};

export const reshapeRule: OpRule<Reshape> = {
  ...moving,
  inPlace: (op) => ({ operand: op.input, output: op.output }),
  check: (op, graph) =>
    elementCount(shapeOf(graph, op.input)) === elementCount(shapeOf(graph, op.output))
      ? []
      : ['element counts differ'],
};

export const padRule: OpRule<Pad> = {
  ...moving,
  check: (op, graph) =>
    expectShape(
      graph,
      op.output,
      shapeOf(graph, op.input).map((extent, axis) => extent + (op.before[axis] ?? 0) + (op.after[axis] ?? 0)),
    ),
};

export const concatenationRule: OpRule<Concatenation> = {
  inputs: (op) => op.inputs,
  outputs: (op) => [op.output],
  macs: () => 0,
  check: (op, graph) => {
    const shapes = op.inputs.map((id) => shapeOf(graph, id));
    const total = shapes.reduce((sum, shape) => sum + (shape[op.axis] ?? 0), 0);
    const output = shapeOf(graph, op.output);
    return shapes
      .flatMap((shape) =>
        expectShape(
          graph,
          op.output,
          shape.map((extent, axis) => (axis === op.axis ? total : extent)),
        ),
      )
      .concat(shapes.every((shape) => shape.length === output.length) ? [] : ['ranks differ']);
  },
};

export const stridedSliceRule: OpRule<StridedSlice> = {
  ...moving,
  check: (op, graph) => {
    const input = shapeOf(graph, op.input);
    const outside = input.some((extent, axis) => {
      const first = op.begin[axis] ?? -1;
      const last = first + ((op.extents[axis] ?? 0) - 1) * (op.strides[axis] ?? 0);
      return first < 0 || first >= extent || last < 0 || last >= extent;
    });
    return [
      ...(outside ? [`slices outside of ${input.join('x')}`] : []),
      ...(elementCount(op.extents) === elementCount(shapeOf(graph, op.output))
        ? []
        : ['element counts differ']),
    ];
  },
};

export const transposeRule: OpRule<Transpose> = {
  ...moving,
  check: (op, graph) => {
    const input = shapeOf(graph, op.input);
    const isPermutation =
      new Set(op.permutation).size === input.length && op.permutation.every((axis) => axis in input);
    return isPermutation
      ? expectShape(
          graph,
          op.output,
          op.permutation.map((axis) => input[axis]!),
        )
      : [`[${op.permutation.join(',')}] is no permutation of ${input.length} dimensions`];
  },
};

export const resizeNearestRule: OpRule<ResizeNearest> = {
  ...moving,
  check: (op, graph) => {
    const [batch, , , channels] = shapeOf(graph, op.input);
    const [, height, width] = shapeOf(graph, op.output);
    return expectShape(graph, op.output, [batch!, height!, width!, channels!]);
  },
};
