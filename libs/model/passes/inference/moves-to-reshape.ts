import { type Graph, type InferenceOp, type Op, type Reshape, type TensorId, tensorOf } from '#libs/model/ir';
import type { Pass } from '../pass';
import { isQuantizedAlike } from './rewire';

const shapeOf = (graph: Graph, id: TensorId): readonly number[] => tensorOf(graph, id).shape;

/** Whether the dimensions that hold more than one element stay in their order. */
function keepsOrder(shape: readonly number[], permutation: readonly number[]): boolean {
  const moved = permutation.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? 0));
}

/** Operators of some kinds that leave every byte where it is, by kind: gives the tensor whose bytes they keep. */
const KEEPERS: {
  readonly [K in InferenceOp['kind']]?: (
    op: Extract<InferenceOp, { readonly kind: K }>,
    graph: Graph,
  ) => TensorId | undefined;
} = {
  transpose: (op, graph) => (keepsOrder(shapeOf(graph, op.input), op.permutation) ? op.input : undefined),
  pad: (op) => ([...op.before, ...op.after].every((border) => border === 0) ? op.input : undefined),
  concatenation: (op) => (op.inputs.length === 1 ? op.inputs[0] : undefined),
  stridedSlice: (op, graph) =>
    shapeOf(graph, op.input).every(
      (extent, axis) => op.extents[axis] === extent && (extent === 1 || op.strides[axis] === 1),
    )
      ? op.input
      : undefined,
  resizeNearest: (op, graph) =>
    shapeOf(graph, op.input).join() === shapeOf(graph, op.output).join() ? op.input : undefined,
  unary: (op, graph) =>
    op.function.name === 'requantize' && isQuantizedAlike(graph, op.input, op.output) ? op.input : undefined,
};

function kept(op: Op, graph: Graph): TensorId | undefined {
  const keeper = KEEPERS[op.kind as InferenceOp['kind']] as
    ((op: Op, graph: Graph) => TensorId | undefined) | undefined;
  return keeper?.(op, graph);
}

/**
 * Operators that happen to leave every byte in its place, as reshapes.
 * Before: y = transpose(x [1,8,1,3], 0,2,1,3), slice(x, all of it), requantize(x) to its own quantisation.
 * After: y = reshape(x), which costs nothing and can be merged.
 */
export const movesToReshape: Pass = {
  name: 'moves-to-reshape',
  run: (graph) => ({
    ...graph,
    ops: graph.ops.map((op): Op => {
      const input = kept(op, graph);
      if (input === undefined || !('output' in op)) return op;
      const reshape: Reshape = { kind: 'reshape', name: op.name, input, output: op.output };
      return reshape;
    }),
  }),
};
