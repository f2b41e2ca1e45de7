import { type Graph, type Tensor, type TensorId, tensorBytes, tensorOf } from '#libs/model/ir';
import { storedBiases, storedWeights } from '#libs/model/quant';

/** Exponent of a gradient channel whose mantissas are all 0 (N4). */
export const NONE = -32768;

/** A gradient (N4): mantissas in channel planes [C][P], one exponent a channel, value = mantissa * 2^exponent. */
export interface BlockFloat {
  readonly mantissas: Int8Array | Int16Array;
  readonly exponents: Int16Array;
}

/** What a tensor holds while a graph runs; masks are packed bits, LSB first. */
export type Value = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array | BlockFloat;

function emptyValue(tensor: Tensor): Value {
  const bytes = tensorBytes(tensor);
  switch (tensor.type) {
    case 'int8':
      return new Int8Array(bytes);
    case 'int16':
      return new Int16Array(bytes / 2);
    case 'int32':
      return new Int32Array(bytes / 4);
    case 'uint8':
    case 'mask':
      return new Uint8Array(bytes);
    case 'blockFloat':
    case 'blockFloat8': {
      const [channels = 0, pixels = 0] = tensor.shape;
      const Mantissas = tensor.type === 'blockFloat' ? Int16Array : Int8Array;
      return { mantissas: new Mantissas(channels * pixels), exponents: new Int16Array(channels).fill(NONE) };
    }
    case 'float32':
      return new Float32Array(bytes / 4);
    case 'bool':
    case 'int64':
      throw new Error(`tensor ${tensor.name}: the reference holds no ${tensor.type}`);
  }
}

/** The values of all tensors of a graph, each allocated when it is first asked for. Constants are views of the model. */
export class Memory {
  private readonly values = new Map<TensorId, Value>();

  constructor(private readonly graph: Graph) {}

  value(id: TensorId): Value {
    const known = this.values.get(id);
    if (known) return known;
    const tensor = tensorOf(this.graph, id);
    const value = tensor.role === 'constant' ? this.constant(tensor) : emptyValue(tensor);
    this.values.set(id, value);
    return value;
  }

  int8(id: TensorId): Int8Array {
    return this.typed(id, (value) => value instanceof Int8Array);
  }

  int16(id: TensorId): Int16Array {
    return this.typed(id, (value) => value instanceof Int16Array);
  }

  int32(id: TensorId): Int32Array {
    return this.typed(id, (value) => value instanceof Int32Array);
  }

  float32(id: TensorId): Float32Array {
    return this.typed(id, (value) => value instanceof Float32Array);
  }

  /** uint8 tensors and packed masks. */
  bytes(id: TensorId): Uint8Array {
    return this.typed(id, (value) => value instanceof Uint8Array);
  }

  blockFloat(id: TensorId): BlockFloat {
    return this.typed(id, (value) => 'mantissas' in value);
  }

  private typed<T extends Value>(id: TensorId, isType: (value: Value) => boolean): T {
    const value = this.value(id);
    if (!isType(value))
      throw new Error(`tensor ${tensorOf(this.graph, id).name} is ${tensorOf(this.graph, id).type}`);
    return value as T;
  }

  private constant(tensor: Tensor): Value {
    return tensor.type === 'int32'
      ? storedBiases(this.graph, tensor.id)
      : storedWeights(this.graph, tensor.id);
  }
}
