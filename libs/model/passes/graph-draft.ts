import { type Graph, type Op, type Tensor, type TensorId, tensorId } from '#libs/model/ir';

/** A graph being rewritten: tensors are appended, never moved, so every id stays valid. */
export class GraphDraft {
  private readonly tensors: Tensor[];

  constructor(private readonly source: Graph) {
    this.tensors = [...source.tensors];
  }

  /** Appends a tensor; its id is the next position. */
  add(tensor: Omit<Tensor, 'id'>): TensorId {
    const id = tensorId(this.tensors.length);
    this.tensors.push({ ...tensor, id });
    return id;
  }

  nameOf(id: TensorId): string {
    const tensor = this.tensors[id];
    if (!tensor) throw new RangeError(`no tensor ${id}`);
    return tensor.name;
  }

  /** The new graph: the tensors so far, these operators, and the old name, inputs and outputs unless given. */
  finish(ops: readonly Op[], outputs: readonly TensorId[] = this.source.outputs): Graph {
    return { ...this.source, tensors: this.tensors, ops, outputs };
  }
}
