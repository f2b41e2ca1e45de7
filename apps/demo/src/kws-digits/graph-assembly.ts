import {
  type Graph,
  type Op,
  type Quantization,
  type Tensor,
  type TensorId,
  tensorId,
  tensorOf,
} from '#libs/model/ir';

export interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Tensors and operators of a graph, while it grows. */
export class GraphAssembly {
  private readonly tensors: Tensor[] = [];
  private readonly ops: Op[] = [];

  /** The graph so far. */
  graph(name: string, inputs: readonly TensorId[], outputs: readonly TensorId[]): Graph {
    return { name, tensors: this.tensors, ops: this.ops, inputs, outputs };
  }

  tensorOf(id: TensorId): Tensor {
    return tensorOf(this.graph('assembly', [], []), id);
  }

  /** Appends an operator that writes `output`, and gives that output. */
  add(op: Op, output: TensorId): TensorId {
    this.ops.push(op);
    return output;
  }

  /** An int8 tensor with one scale: the input or an activation. */
  values(role: 'input' | 'activation', name: string, shape: readonly number[], affine: Affine): TensorId {
    const quantization = { scales: [affine.scale], zeroPoints: [affine.zeroPoint], axis: 0 };
    return this.push({ name, type: 'int8', shape, role, quantization });
  }

  /** Symmetric, a scale for each index of `axis`. */
  parameters(
    name: string,
    type: 'int8' | 'int32',
    { shape, data }: { readonly shape: readonly number[]; readonly data: Uint8Array },
    { scales, axis }: Pick<Quantization, 'scales' | 'axis'>,
  ): TensorId {
    const quantization = { scales, zeroPoints: scales.map(() => 0), axis };
    return this.push({ name, type, shape, role: 'constant', quantization, data });
  }

  /** Plain int32 numbers for operators to share, such as the borders of PADs; those of one name are stored once. */
  integers(name: string, shape: readonly number[], values: readonly number[]): TensorId {
    const known = this.tensors.find((tensor) => tensor.name === name);
    if (known !== undefined) return known.id;
    const data = new Uint8Array(4 * values.length);
    const view = new DataView(data.buffer);
    values.forEach((value, i) => view.setInt32(4 * i, value, true));
    return this.push({ name, type: 'int32', shape, role: 'constant', data });
  }

  private push(tensor: Omit<Tensor, 'id'>): TensorId {
    const id = tensorId(this.tensors.length);
    this.tensors.push({ id, ...tensor });
    return id;
  }
}
