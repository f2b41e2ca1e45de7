import {
  type Activation,
  broadcastShape,
  type Conv2d,
  type Extent2d,
  type Graph,
  NO_PADDING,
  type Padding,
  type TensorId,
  tensorId,
  type UnaryFunction,
  type Window,
  windowExtent,
} from '#libs/model/ir';
import { type Affine, type ParameterOptions, TensorBuilder } from '#test/support/tensor-builder';

export type { Affine } from '#test/support/tensor-builder';

/** Where a window stands; a number means the same in both directions. */
export interface WindowOptions {
  readonly kernel?: number | Extent2d;
  readonly stride?: number | Extent2d;
  readonly dilation?: number | Extent2d;
  readonly padding?: number | Padding;
}

export interface ConvolutionOptions extends WindowOptions, ParameterOptions {
  readonly activation?: Activation;
  readonly output?: Affine;
}

export type PoolOptions = WindowOptions & { readonly activation?: Activation };

/** Counts of elements before and after, one a dimension. */
export interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export type BinaryOptions = Affine & { readonly activation?: Activation };

export interface SliceOptions {
  readonly begin: readonly number[];
  readonly strides: readonly number[];
  readonly extents: readonly number[];
  /** The extents where absent. */
  readonly shape?: readonly number[];
}

export interface ResizeOptions extends Extent2d {
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
}

export interface MeanOptions {
  readonly axes: readonly number[];
  readonly keepDims?: boolean;
  readonly output?: Affine;
}

const DEFAULT_INPUT: Affine = { scale: 0.02, zeroPoint: -5 };
const DEFAULT_OUTPUT: Affine = { scale: 0.05, zeroPoint: -3 };
const RELU6_OUTPUT: Affine = { scale: 6 / 255, zeroPoint: -128 };
/** What SOFTMAX and LOGISTIC always give. */
const PROBABILITY: Affine = { scale: 1 / 256, zeroPoint: -128 };

const symmetric = (padding: number): Padding => ({
  top: padding,
  bottom: padding,
  left: padding,
  right: padding,
});
const paddingOf = (given: number | Padding = 0): Padding =>
  typeof given === 'number' ? symmetric(given) : given;
const extentOf = (given: number | Extent2d): Extent2d =>
  typeof given === 'number' ? { height: given, width: given } : given;

const frameOf = (given: Padding | Frame): Frame =>
  'before' in given
    ? given
    : { before: [0, given.top, given.left, 0], after: [0, given.bottom, given.right, 0] };

const countOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** Builds inference graphs for tests, one call an operator; weights that are not given are drawn from the seed. */
export class GraphBuilder extends TensorBuilder {
  conv(name: string, input: TensorId, options: ConvolutionOptions): TensorId {
    const { height, width } = extentOf(options.kernel ?? 1);
    const shape = [options.channels, height, width, this.shapeOf(input)[3] ?? 0];
    const operands = this.windowed(name, input, options, shape);
    this.ops.push({ kind: 'conv2d', ...operands });
    return operands.output;
  }

  depthwise(
    name: string,
    input: TensorId,
    options: Omit<ConvolutionOptions, 'channels'> & { readonly multiplier?: number },
  ): TensorId {
    const { kernel = 3, multiplier = 1 } = options;
    const { height, width } = extentOf(kernel);
    const channels = (this.shapeOf(input)[3] ?? 0) * multiplier;
    const shape = [1, height, width, channels];
    const operands = this.windowed(name, input, { ...options, channels, kernel }, shape);
    this.ops.push({ kind: 'depthwiseConv2d', ...operands, multiplier });
    return operands.output;
  }

  transposeConv(name: string, input: TensorId, options: ConvolutionOptions): TensorId {
    const [, height = 0, width = 0, channels = 0] = this.shapeOf(input);
    const kernel = extentOf(options.kernel ?? 1);
    const stride = extentOf(options.stride ?? 1);
    const padding = paddingOf(options.padding);
    const shape = [options.channels, kernel.height, kernel.width, channels];
    const parameters = this.parameters(name, options, shape);
    const rows = (height - 1) * stride.height + kernel.height - padding.top - padding.bottom;
    const columns = (width - 1) * stride.width + kernel.width - padding.left - padding.right;
    const output = this.activation(name, [1, rows, columns, options.channels], outputOf(options));
    const { activation = 'none' } = options;
    this.ops.push({
      kind: 'transposeConv2d',
      name,
      input,
      ...parameters,
      output,
      stride,
      padding,
      activation,
    });
    return output;
  }

  fullyConnected(name: string, input: TensorId, options: ConvolutionOptions): TensorId {
    const shape = this.shapeOf(input);
    const features = shape.at(-1) ?? 0;
    const parameters = this.parameters(name, options, [options.channels, features]);
    const rows = countOf(shape.slice(0, -1));
    const output = this.activation(name, [rows, options.channels], outputOf(options));
    const { activation = 'none' } = options;
    this.ops.push({ kind: 'fullyConnected', name, input, ...parameters, output, activation });
    return output;
  }

  add(name: string, first: TensorId, second: TensorId, output: BinaryOptions = DEFAULT_OUTPUT): TensorId {
    return this.binary('add', name, [first, second], output);
  }

  sub(name: string, first: TensorId, second: TensorId, output: BinaryOptions = DEFAULT_OUTPUT): TensorId {
    return this.binary('sub', name, [first, second], output);
  }

  mul(name: string, first: TensorId, second: TensorId, output: BinaryOptions = DEFAULT_OUTPUT): TensorId {
    return this.binary('mul', name, [first, second], output);
  }

  unary(
    name: string,
    input: TensorId,
    of: UnaryFunction,
    output: Affine = of.name === 'logistic' ? PROBABILITY : DEFAULT_OUTPUT,
  ): TensorId {
    const id = this.activation(name, this.shapeOf(input), output);
    this.ops.push({ kind: 'unary', name, function: of, input, output: id });
    return id;
  }

  quantize(name: string, input: TensorId, quantization: Affine = DEFAULT_INPUT): TensorId {
    const output = this.activation(name, this.shapeOf(input), quantization);
    this.ops.push({ kind: 'quantize', name, input, output });
    return output;
  }

  dequantize(name: string, input: TensorId): TensorId {
    const output = this.addTensor({ name, type: 'float32', shape: this.shapeOf(input), role: 'activation' });
    this.ops.push({ kind: 'dequantize', name, input, output });
    return output;
  }

  softmax(name: string, input: TensorId, beta = 1): TensorId {
    const output = this.activation(name, this.shapeOf(input), PROBABILITY);
    this.ops.push({ kind: 'softmax', name, input, output, beta });
    return output;
  }

  /** Over the whole map, unless options say otherwise. */
  averagePool(name: string, input: TensorId, options?: PoolOptions): TensorId {
    return this.pool('averagePool2d', name, input, options);
  }

  maxPool(name: string, input: TensorId, options?: PoolOptions): TensorId {
    return this.pool('maxPool2d', name, input, options);
  }

  mean(name: string, input: TensorId, { axes, keepDims = true, output }: MeanOptions): TensorId {
    const averaged = this.shapeOf(input).map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    const shape = keepDims ? averaged : averaged.filter((_, axis) => !axes.includes(axis));
    const id = this.activation(name, shape, output ?? this.affineOf(input));
    this.ops.push({ kind: 'mean', name, input, output: id, axes });
    return id;
  }

  pad(name: string, input: TensorId, padding: Padding | Frame): TensorId {
    const { before, after } = frameOf(padding);
    const shape = this.shapeOf(input).map(
      (extent, axis) => extent + (before[axis] ?? 0) + (after[axis] ?? 0),
    );
    const output = this.like(name, input, shape);
    this.ops.push({ kind: 'pad', name, input, output, before, after });
    return output;
  }

  reshape(name: string, input: TensorId, shape: readonly number[]): TensorId {
    const output = this.like(name, input, shape);
    this.ops.push({ kind: 'reshape', name, input, output });
    return output;
  }

  /** All operands have the first one's quantisation. */
  concatenation(name: string, inputs: readonly TensorId[], axis: number): TensorId {
    const [first = tensorId(0)] = inputs;
    const total = inputs.reduce((sum, id) => sum + (this.shapeOf(id)[axis] ?? 0), 0);
    const shape = this.shapeOf(first).map((extent, at) => (at === axis ? total : extent));
    const output = this.like(name, first, shape);
    this.ops.push({ kind: 'concatenation', name, inputs, output, axis });
    return output;
  }

  stridedSlice(name: string, input: TensorId, { shape, begin, strides, extents }: SliceOptions): TensorId {
    const output = this.like(name, input, shape ?? extents);
    this.ops.push({ kind: 'stridedSlice', name, input, output, begin, strides, extents });
    return output;
  }

  transpose(name: string, input: TensorId, permutation: readonly number[]): TensorId {
    const shape = this.shapeOf(input);
    const output = this.like(
      name,
      input,
      permutation.map((axis) => shape[axis] ?? 0),
    );
    this.ops.push({ kind: 'transpose', name, input, output, permutation });
    return output;
  }

  resizeNearest(name: string, input: TensorId, options: ResizeOptions): TensorId {
    const { height, width, alignCorners = false, halfPixelCenters = false } = options;
    const output = this.like(name, input, [1, height, width, this.shapeOf(input)[3] ?? 0]);
    this.ops.push({ kind: 'resizeNearest', name, input, output, alignCorners, halfPixelCenters });
    return output;
  }

  build(...outputs: readonly TensorId[]): Graph {
    return { name: this.name, tensors: this.tensors, ops: this.ops, inputs: this.inputs, outputs };
  }

  private binary(
    kind: 'add' | 'sub' | 'mul',
    name: string,
    inputs: readonly [TensorId, TensorId],
    { activation = 'none', ...quantization }: BinaryOptions,
  ): TensorId {
    const shape = broadcastShape(this.shapeOf(inputs[0]), this.shapeOf(inputs[1]));
    const output = this.activation(name, shape ?? [], quantization);
    this.ops.push({ kind, name, inputs, output, activation });
    return output;
  }

  private pool(
    kind: 'averagePool2d' | 'maxPool2d',
    name: string,
    input: TensorId,
    options: PoolOptions = {},
  ): TensorId {
    const [, height = 0, width = 0, channels = 0] = this.shapeOf(input);
    const kernel = extentOf(options.kernel ?? { height, width });
    const window = windowOf({ stride: kernel, ...options });
    const { rows, columns } = outputExtents(this.shapeOf(input), kernel, window);
    const output = this.like(name, input, [1, rows, columns, channels]);
    const { activation = 'none' } = options;
    this.ops.push({ kind, name, input, output, kernel, window, activation });
    return output;
  }

  private windowed(
    name: string,
    input: TensorId,
    options: ConvolutionOptions,
    shape: readonly number[],
  ): Omit<Conv2d, 'kind'> {
    const { channels, activation = 'none' } = options;
    const window = windowOf(options);
    const kernel = { height: shape[1] ?? 1, width: shape[2] ?? 1 };
    const { rows, columns } = outputExtents(this.shapeOf(input), kernel, window);
    const parameters = this.parameters(name, options, shape);
    const output = this.activation(name, [1, rows, columns, channels], outputOf(options));
    return { name, input, ...parameters, output, window, activation };
  }
}

const outputOf = ({ output, activation }: ConvolutionOptions): Affine =>
  output ?? (activation === 'relu6' ? RELU6_OUTPUT : DEFAULT_OUTPUT);

const windowOf = ({ stride = 1, dilation = 1, padding = NO_PADDING }: WindowOptions): Window => ({
  stride: extentOf(stride),
  dilation: extentOf(dilation),
  padding: paddingOf(padding),
});

function outputExtents(
  [, height = 0, width = 0]: readonly number[],
  kernel: Extent2d,
  { stride, dilation, padding }: Window,
): { readonly rows: number; readonly columns: number } {
  return {
    rows: windowExtent(height, {
      kernel: kernel.height,
      stride: stride.height,
      dilation: dilation.height,
      padding: padding.top + padding.bottom,
    }),
    columns: windowExtent(width, {
      kernel: kernel.width,
      stride: stride.width,
      dilation: dilation.width,
      padding: padding.left + padding.right,
    }),
  };
}
