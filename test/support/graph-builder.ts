import {
  type Activation,
  type Graph,
  NO_PADDING,
  type Op,
  type Padding,
  type Quantization,
  type Role,
  type Tensor,
  type TensorId,
  tensorId,
  windowExtent,
} from '#libs/model/ir';
import { Rng } from '#libs/base/rng';

/** A per-tensor quantisation. */
export interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface ConvolutionOptions {
  readonly channels: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number | Padding;
  readonly activation?: Activation;
  readonly output?: Affine;
  /** OHWI (depthwise [1,kh,kw,C]); random where absent. */
  readonly weights?: Int8Array;
  readonly scales?: readonly number[];
  readonly biases?: Int32Array;
}

const DEFAULT_OUTPUT: Affine = { scale: 0.05, zeroPoint: -3 };
const RELU6_OUTPUT: Affine = { scale: 6 / 255, zeroPoint: -128 };

const affine = ({ scale, zeroPoint }: Affine): Quantization => ({
  scales: [Math.fround(scale)],
  zeroPoints: [zeroPoint],
  axis: 0,
});

const symmetric = (padding: number): Padding => ({
  top: padding,
  bottom: padding,
  left: padding,
  right: padding,
});

const bytesUnder = (view: Int8Array | Int32Array): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** Builds inference graphs for tests, one call an operator; weights that are not given are drawn from the seed. */
export class GraphBuilder {
  private readonly tensors: Tensor[] = [];
  private readonly ops: Op[] = [];
  private readonly inputs: TensorId[] = [];
  private readonly rng: Rng;

  constructor(
    private readonly name: string,
    seed = 1,
  ) {
    this.rng = new Rng(seed);
  }

  input(shape: readonly number[], quantization: Affine = { scale: 0.02, zeroPoint: -5 }): TensorId {
    const id = this.tensor('input', 'input', shape, affine(quantization));
    this.inputs.push(id);
    return id;
  }

  conv(name: string, input: TensorId, options: ConvolutionOptions): TensorId {
    const kernel = options.kernel ?? 1;
    const channels = this.shapeOf(input)[3] ?? 0;
    return this.convolution(name, input, options, [options.channels, kernel, kernel, channels]);
  }

  depthwise(name: string, input: TensorId, options: Omit<ConvolutionOptions, 'channels'>): TensorId {
    const channels = this.shapeOf(input)[3] ?? 0;
    const kernel = options.kernel ?? 3;
    return this.convolution(name, input, { ...options, channels, kernel }, [1, kernel, kernel, channels]);
  }

  fullyConnected(name: string, input: TensorId, options: ConvolutionOptions): TensorId {
    const features = this.shapeOf(input).at(-1) ?? 0;
    const { weights, bias } = this.parameters(name, options, [options.channels, features], 0);
    const output = this.tensor(
      name,
      'activation',
      [1, options.channels],
      affine(options.output ?? DEFAULT_OUTPUT),
    );
    this.ops.push({ kind: 'fullyConnected', name, input, weights, bias, output, activation: 'none' });
    return output;
  }

  add(name: string, first: TensorId, second: TensorId, quantization: Affine = DEFAULT_OUTPUT): TensorId {
    const output = this.tensor(name, 'activation', this.shapeOf(first), affine(quantization));
    this.ops.push({ kind: 'add', name, inputs: [first, second], output, activation: 'none' });
    return output;
  }

  averagePool(name: string, input: TensorId): TensorId {
    const [, height = 0, width = 0, channels = 0] = this.shapeOf(input);
    const output = this.like(name, input, [1, 1, 1, channels]);
    const window = { stride: { height, width }, dilation: { height: 1, width: 1 }, padding: NO_PADDING };
    this.ops.push({
      kind: 'averagePool2d',
      name,
      input,
      output,
      kernel: { height, width },
      window,
      activation: 'none',
    });
    return output;
  }

  pad(name: string, input: TensorId, padding: Padding): TensorId {
    const [, height = 0, width = 0, channels = 0] = this.shapeOf(input);
    const extents = [
      1,
      height + padding.top + padding.bottom,
      width + padding.left + padding.right,
      channels,
    ];
    const output = this.like(name, input, extents);
    this.ops.push({ kind: 'pad', name, input, output, padding });
    return output;
  }

  reshape(name: string, input: TensorId, shape: readonly number[]): TensorId {
    const output = this.like(name, input, shape);
    this.ops.push({ kind: 'reshape', name, input, output });
    return output;
  }

  softmax(name: string, input: TensorId): TensorId {
    const output = this.tensor(
      name,
      'activation',
      this.shapeOf(input),
      affine({ scale: 1 / 256, zeroPoint: -128 }),
    );
    this.ops.push({ kind: 'softmax', name, input, output, beta: 1 });
    return output;
  }

  build(output: TensorId): Graph {
    return { name: this.name, tensors: this.tensors, ops: this.ops, inputs: this.inputs, outputs: [output] };
  }

  private shapeOf(id: TensorId): readonly number[] {
    return this.tensors[id]?.shape ?? [];
  }

  private like(name: string, input: TensorId, shape: readonly number[]): TensorId {
    return this.tensor(name, 'activation', shape, this.tensors[input]?.quantization);
  }

  private tensor(name: string, role: Role, shape: readonly number[], quantization?: Quantization): TensorId {
    const id = tensorId(this.tensors.length);
    this.tensors.push({ id, name, type: 'int8', shape, role, ...(quantization && { quantization }) });
    return id;
  }

  private constant(
    name: string,
    shape: readonly number[],
    values: Int8Array | Int32Array,
    quantization: Quantization,
  ): TensorId {
    const id = tensorId(this.tensors.length);
    const type = values instanceof Int8Array ? 'int8' : 'int32';
    this.tensors.push({ id, name, type, shape, role: 'constant', quantization, data: bytesUnder(values) });
    return id;
  }

  private parameters(name: string, options: ConvolutionOptions, shape: readonly number[], axis: number) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const scales =
      options.scales ?? Array.from({ length: options.channels }, () => 0.004 + this.rng.below(64) / 16384);
    const weights = options.weights ?? Int8Array.from({ length: count }, () => this.rng.below(255) - 127);
    const biases =
      options.biases ?? Int32Array.from({ length: options.channels }, () => this.rng.below(4001) - 2000);
    const quantization = { scales: scales.map(Math.fround), zeroPoints: scales.map(() => 0), axis };
    const bias = { ...quantization, axis: 0 };
    return {
      weights: this.constant(`${name}.w`, shape, weights, quantization),
      bias: this.constant(`${name}.b`, [options.channels], biases, bias),
    };
  }

  private convolution(
    name: string,
    input: TensorId,
    options: ConvolutionOptions,
    shape: readonly number[],
  ): TensorId {
    const isDepthwise = shape[0] === 1 && options.channels !== 1;
    const activation = options.activation ?? 'none';
    const padding = typeof options.padding === 'object' ? options.padding : symmetric(options.padding ?? 0);
    const stride = options.stride ?? 1;
    const [, height = 0, width = 0] = this.shapeOf(input);
    const rows = windowExtent(height, {
      kernel: shape[1] ?? 1,
      stride,
      padding: padding.top + padding.bottom,
    });
    const columns = windowExtent(width, {
      kernel: shape[2] ?? 1,
      stride,
      padding: padding.left + padding.right,
    });
    const { weights, bias } = this.parameters(name, options, shape, isDepthwise ? 3 : 0);
    const quantization = options.output ?? (activation === 'relu6' ? RELU6_OUTPUT : DEFAULT_OUTPUT);
    const output = this.tensor(
      name,
      'activation',
      [1, rows, columns, options.channels],
      affine(quantization),
    );
    const window = { stride: { height: stride, width: stride }, dilation: { height: 1, width: 1 }, padding };
    const operands = { name, input, weights, bias, output, window, activation };
    this.ops.push(
      isDepthwise ? { kind: 'depthwiseConv2d', ...operands, multiplier: 1 } : { kind: 'conv2d', ...operands },
    );
    return output;
  }
}
