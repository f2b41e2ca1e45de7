import type { Op } from './ops';
import type { Tensor, TensorId } from './tensor';

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
}

export function tensorOf(graph: Graph, id: TensorId): Tensor {
  const tensor = graph.tensors[id];
  if (!tensor) throw new RangeError(`graph ${graph.name} has no tensor ${id}`);
  return tensor;
}
