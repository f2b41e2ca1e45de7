import {
  type FileType,
  type Op,
  type Quantization,
  type Tensor,
  type TensorId,
  tensorId,
} from '#libs/model/ir';
import { Rng } from '#libs/base/rng';

/** A per-tensor quantisation. */
export interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The weights and biases of a layer. */
export interface ParameterOptions {
  readonly channels: number;
  /** OHWI (depthwise [1,kh,kw,O]); random where absent. */
  readonly weights?: Int8Array;
  /** One a channel, or one for all. */
  readonly scales?: readonly number[];
  /** 'none': the layer has no bias tensor. */
  readonly biases?: Int32Array | 'none';
}

const DEFAULT_INPUT: Affine = { scale: 0.02, zeroPoint: -5 };

const affine = ({ scale, zeroPoint }: Affine): Quantization => ({
  scales: [Math.fround(scale)],
  zeroPoints: [zeroPoint],
  axis: 0,
});

const bytesUnder = (view: Int8Array | Int32Array): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

const countOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** The tensors of a graph that is being built; weights that are not given are drawn from the seed. */
export class TensorBuilder {
  protected readonly tensors: Tensor[] = [];
  protected readonly ops: Op[] = [];
  protected readonly inputs: TensorId[] = [];
  private readonly rng: Rng;

  constructor(
    protected readonly name: string,
    seed = 1,
  ) {
    this.rng = new Rng(seed);
  }

  input(
    shape: readonly number[],
    quantization: Affine = DEFAULT_INPUT,
    type: 'int8' | 'uint8' = 'int8',
  ): TensorId {
    return this.addInput(shape, type, affine(quantization));
  }

  /** An input of the float boundary: only `quantize` reads it. */
  floatInput(shape: readonly number[]): TensorId {
    return this.addInput(shape, 'float32');
  }

  /** An int8 constant that an operator without weights reads. */
  constant(shape: readonly number[], quantization: Affine = DEFAULT_INPUT, values?: Int8Array): TensorId {
    const drawn = values ?? Int8Array.from({ length: countOf(shape) }, () => this.rng.below(256) - 128);
    return this.addConstant(`constant${this.tensors.length}`, shape, drawn, affine(quantization));
  }

  shapeOf(id: TensorId): readonly number[] {
    return this.tensors[id]?.shape ?? [];
  }

  /** The quantisation of a per-tensor quantised tensor. */
  affineOf(id: TensorId): Affine {
    const quantization = this.tensors[id]?.quantization;
    return { scale: quantization?.scales[0] ?? 1, zeroPoint: quantization?.zeroPoints[0] ?? 0 };
  }

  protected parameters(
    name: string,
    options: ParameterOptions,
    shape: readonly number[],
  ): { readonly weights: TensorId; readonly bias?: TensorId } {
    const { channels } = options;
    const scales =
      options.scales ?? Array.from({ length: channels }, () => 0.004 + this.rng.below(64) / 16384);
    const weights =
      options.weights ?? Int8Array.from({ length: countOf(shape) }, () => this.rng.below(255) - 127);
    const biases = options.biases ?? Int32Array.from({ length: channels }, () => this.rng.below(4001) - 2000);
    /** Depthwise weights have their channels last. */
    const axis = shape[0] === channels ? 0 : shape.length - 1;
    const quantization = { scales: scales.map(Math.fround), zeroPoints: scales.map(() => 0), axis };
    const id = this.addConstant(`${name}.w`, shape, weights, quantization);
    if (biases === 'none') return { weights: id };
    const bias = this.addConstant(`${name}.b`, [channels], biases, { ...quantization, axis: 0 });
    return { weights: id, bias };
  }

  protected like(name: string, input: TensorId, shape: readonly number[]): TensorId {
    return this.activation(name, shape, this.affineOf(input));
  }

  protected activation(name: string, shape: readonly number[], quantization: Affine): TensorId {
    return this.addTensor({
      name,
      type: 'int8',
      shape,
      role: 'activation',
      quantization: affine(quantization),
    });
  }

  private addInput(shape: readonly number[], type: FileType, quantization?: Quantization): TensorId {
    const name = this.inputs.length === 0 ? 'input' : `input${this.inputs.length}`;
    const id = this.addTensor({ name, type, shape, role: 'input', ...(quantization && { quantization }) });
    this.inputs.push(id);
    return id;
  }

  private addConstant(
    name: string,
    shape: readonly number[],
    values: Int8Array | Int32Array,
    quantization: Quantization,
  ): TensorId {
    const type = values instanceof Int8Array ? 'int8' : 'int32';
    return this.addTensor({ name, type, shape, role: 'constant', quantization, data: bytesUnder(values) });
  }

  protected addTensor(tensor: Omit<Tensor, 'id'>): TensorId {
    const id = tensorId(this.tensors.length);
    this.tensors.push({ id, ...tensor });
    return id;
  }
}
