import type { LayerOp } from './layers';
import type { Op } from './ops';
import type { Tensor, TensorId } from './tensor';

/**
 * What a network is trained to do: name one of several classes (softmax and cross-entropy), give its input again, or give one
 * number (both mean squared error).
 */
export const OBJECTIVES = ['classify', 'reconstruct', 'regress'] as const;
export type Objective = (typeof OBJECTIVES)[number];

/**
 * A model: an immutable list of tensors and of operators in execution order. Passes take a graph and return another.
 * Tensor ids are positions in `tensors`; a graph imported from a file keeps the file's tensor numbers.
 */
export interface Graph {
  readonly name: string;
  readonly tensors: readonly Tensor[];
  readonly ops: readonly Op[];
  readonly inputs: readonly TensorId[];
  readonly outputs: readonly TensorId[];
  /** What it is trained to do, where someone said so; absent: what it looks like (`objectiveOf`). */
  readonly objective?: Objective;
  /** Where this is a part of a model: the layers of the other parts, so that layers keep the numbers of the whole (N8). */
  readonly others?: { readonly before: readonly LayerOp[]; readonly after: readonly LayerOp[] };
}

export function tensorOf(graph: Graph, id: TensorId): Tensor {
  const tensor = graph.tensors[id];
  if (!tensor) throw new RangeError(`graph ${graph.name} has no tensor ${id}`);
  return tensor;
}
