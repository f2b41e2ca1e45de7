/** One drawing for every kind of operator: what it reads, and its own parameters, at random. */
import type { Extent2d, InferenceOp, TensorId, UnaryFunction } from '#libs/model/ir';
import { hardSwishIsExpressible } from '#libs/model/quant';
import type { Draws } from '#test/support/draws';
import type { Affine, ConvolutionOptions, GraphBuilder } from '#test/support/graph-builder';
import { transposedWindow, windowOver } from '#test/support/window-draws';

type Kind = InferenceOp['kind'];

/** Where an operator is put. */
export interface Site {
  readonly draws: Draws;
  readonly builder: GraphBuilder;
  readonly name: string;
  readonly input: TensorId;
  /** Other int8 tensors that may be operands too. */
  readonly others?: readonly TensorId[];
}

export interface OperatorDraw {
  /** A shape that the operator's (first) input may have. */
  readonly shape: (draws: Draws) => readonly number[];
  /** May the operator read a tensor of this shape? */
  readonly takes: (shape: readonly number[]) => boolean;
  /** Adds the operator to the graph. */
  readonly apply: (site: Site) => TensorId;
}

const LARGEST_WEIGHT_SCALE = 0.02;
const DEAD_SCALE = 4e-9;
const INT32_MIN = -(2 ** 31);
/** |w * (x - z)| of random weights and inputs, roughly. */
const TYPICAL_PRODUCT = 74 * 80;
/** A scale under which nothing overflows int32 before it is requantised. */
const MOST_MULTIPLIER_OCTAVES = 4;

const anyShape = (draws: Draws): readonly number[] => draws.shape();
const anyTensor = (): boolean => true;
const mapShape = (draws: Draws): readonly number[] => draws.mapShape();
const isMap = (shape: readonly number[]): boolean => shape.length === 4 && shape[0] === 1;
const ranked = (draws: Draws): readonly number[] => draws.shape(draws.between(1, 5));
const isRanked = (shape: readonly number[]): boolean => shape.length > 0;
const mapExtent = ([, height = 1, width = 1]: readonly number[]): Extent2d => ({ height, width });
const countOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** An output scale that keeps a value of the given size within int8, give or take some octaves. */
const outputFor = (draws: Draws, typical: number): Affine =>
  draws.affine(Math.max((typical / 64) * draws.factor(MOST_MULTIPLIER_OCTAVES), 1e-8));

type Parameters = Required<
  Pick<ConvolutionOptions, 'weights' | 'scales' | 'biases' | 'output' | 'activation'>
>;

interface LayerShape {
  readonly channels: number;
  readonly weights: number;
  /** Products in one accumulator. */
  readonly products: number;
}

/** Weights of the whole range, one scale or one a channel, dead channels, biases of the accumulators' size or none. */
function layerParameters(draws: Draws, input: Affine, shape: LayerShape): Parameters {
  const { channels, products } = shape;
  const typical = TYPICAL_PRODUCT * Math.sqrt(products);
  const isPerTensor = draws.chance(30);
  const base = Math.min(draws.scale(), LARGEST_WEIGHT_SCALE);
  const isDead = Array.from({ length: channels }, () => !isPerTensor && draws.chance(10));
  const scales = isPerTensor ? [base] : isDead.map((dead) => (dead ? DEAD_SCALE : base * draws.factor(1)));
  const range = Math.ceil(typical);
  const biases = Int32Array.from({ length: channels }, (_, o) =>
    isDead[o] && draws.chance(50) ? INT32_MIN : draws.between(-range, range),
  );
  return {
    weights: draws.int8(shape.weights),
    scales,
    biases: draws.chance(15) ? 'none' : biases,
    output: outputFor(draws, typical * input.scale * base),
    activation: draws.activation(),
  };
}

function convolution({ draws, builder, name, input }: Site): TensorId {
  const shape = builder.shapeOf(input);
  const options = windowOver(draws, mapExtent(shape), true);
  const { height, width } = options.kernel;
  const channels = draws.extent();
  const products = height * width * (shape[3] ?? 1);
  const parameters = layerParameters(draws, builder.affineOf(input), {
    channels,
    weights: channels * products,
    products,
  });
  return builder.conv(name, input, { channels, ...options, ...parameters });
}

/** 1x1 kernels have a kernel function of their own. */
function pointwise({ draws, builder, name, input }: Site): TensorId {
  const products = builder.shapeOf(input)[3] ?? 1;
  const channels = draws.extent();
  const shape = { channels, weights: channels * products, products };
  const parameters = layerParameters(draws, builder.affineOf(input), shape);
  return builder.conv(name, input, { channels, ...parameters });
}

function depthwise({ draws, builder, name, input }: Site): TensorId {
  const shape = builder.shapeOf(input);
  const options = windowOver(draws, mapExtent(shape), true);
  const { height, width } = options.kernel;
  const multiplier = draws.pick([1, 1, 2, 3]);
  const channels = (shape[3] ?? 1) * multiplier;
  const products = height * width;
  const parameters = layerParameters(draws, builder.affineOf(input), {
    channels,
    weights: channels * products,
    products,
  });
  return builder.depthwise(name, input, { multiplier, ...options, ...parameters });
}

function transposedConvolution({ draws, builder, name, input }: Site): TensorId {
  const [, height = 1, width = 1, inputChannels = 1] = builder.shapeOf(input);
  const { kernel, stride, padding } = transposedWindow(draws, { height, width });
  const channels = draws.extent();
  const products = kernel.height * kernel.width * inputChannels;
  const parameters = layerParameters(draws, builder.affineOf(input), {
    channels,
    weights: channels * products,
    products,
  });
  return builder.transposeConv(name, input, { channels, kernel, stride, padding, ...parameters });
}

function fullyConnected({ draws, builder, name, input }: Site): TensorId {
  const products = builder.shapeOf(input).at(-1) ?? 1;
  const channels = draws.extent();
  const shape = { channels, weights: channels * products, products };
  return builder.fullyConnected(name, input, {
    channels,
    ...layerParameters(draws, builder.affineOf(input), shape),
  });
}

/** A shape that broadcasts with the given one without making it larger: extents dropped to 1, leading ones left out. */
function smallerShape(draws: Draws, shape: readonly number[]): readonly number[] {
  const stretched = shape.map((extent) => (draws.chance(40) ? 1 : extent));
  return stretched.slice(draws.chance(30) ? draws.between(0, shape.length) : 0);
}

const broadcasts = (a: readonly number[], b: readonly number[]): boolean => {
  const [longer, shorter] = a.length < b.length ? [b, a] : [a, b];
  const from = longer.length - shorter.length;
  const suits = shorter.every(
    (extent, axis) => extent === 1 || longer[from + axis] === 1 || longer[from + axis] === extent,
  );
  return suits && countOf(longer.map((extent, axis) => Math.max(extent, shorter[axis - from] ?? 1))) <= 4096;
};

/** The other operand: the same tensor, a tensor of the graph, a constant, or a further input. */
function partner({ draws, builder, input, others = [] }: Site): TensorId {
  const shape = builder.shapeOf(input);
  const suitable = others.filter((id) => id !== input && broadcasts(builder.shapeOf(id), shape));
  if (suitable.length > 0 && draws.chance(70)) return draws.pick(suitable);
  if (draws.chance(10)) return input;
  const other = draws.chance(50) ? shape : smallerShape(draws, shape);
  const quantization = draws.affine(builder.affineOf(input).scale * draws.factor(8));
  return draws.chance(40)
    ? builder.constant(other, quantization, draws.int8(countOf(other)))
    : builder.input(other, quantization);
}

function binary(kind: 'add' | 'sub' | 'mul', site: Site): TensorId {
  const { draws, builder, name, input } = site;
  const other = partner(site);
  const [a, b] = [builder.affineOf(input).scale, builder.affineOf(other).scale];
  const typical = kind === 'mul' ? 64 * 64 * a * b : 64 * Math.max(a, b);
  const output = { ...outputFor(draws, typical), activation: draws.activation() };
  const operands = draws.chance(50) ? ([input, other] as const) : ([other, input] as const);
  return builder[kind](name, ...operands, output);
}

const FUNCTIONS: readonly UnaryFunction['name'][] = [
  'requantize',
  'relu',
  'relu6',
  'reluN1To1',
  'leakyRelu',
  'logistic',
  'hardSwish',
];

function unary({ draws, builder, name, input }: Site): TensorId {
  const source = builder.affineOf(input);
  const functionName = draws.pick(FUNCTIONS);
  const output = draws.affine(Math.max(source.scale * draws.factor(MOST_MULTIPLIER_OCTAVES), 1e-9));
  switch (functionName) {
    case 'logistic':
      return builder.unary(name, input, { name: functionName });
    case 'leakyRelu': {
      const alpha = Math.fround(draws.pick([0.01, 0.1, 0.3, 1, 1.5, -0.2]));
      return builder.unary(name, input, { name: functionName, alpha }, output);
    }
    case 'hardSwish': {
      const coarse = hardSwishIsExpressible(source.scale, output.scale) ? output : source;
      return builder.unary(name, input, { name: functionName }, coarse);
    }
    case 'relu6':
      return builder.unary(name, input, { name: functionName }, draws.chance(80) ? source : output);
    case 'requantize':
    case 'relu':
    case 'reluN1To1':
      return builder.unary(name, input, { name: functionName }, output);
  }
}

/** Without the dead end of a scale that TensorFlow Lite refuses (beta * scale * 2^26 must be above 1). */
const SMALLEST_SOFTMAX_SCALE = 1e-6;

function softmax({ draws, builder, name, input }: Site): TensorId {
  const source = builder.affineOf(input);
  const isFine = source.scale < SMALLEST_SOFTMAX_SCALE;
  const coarse = isFine
    ? builder.unary(`${name}.coarse`, input, { name: 'requantize' }, draws.affine(0.1))
    : input;
  return builder.softmax(name, coarse, draws.pick([1, 1, 0.5, 2]));
}

/** The same elements in other extents: factors moved around. */
function reshape({ draws, builder, name, input }: Site): TensorId {
  const shape = builder.shapeOf(input);
  const count = countOf(shape);
  const candidates = [[count], [1, count], [...shape, 1], [1, ...shape], shape.toReversed(), [count, 1]];
  const suitable = candidates.filter(({ length }) => length <= 5);
  return builder.reshape(name, input, draws.pick(suitable));
}

function pad({ draws, builder, name, input }: Site): TensorId {
  const shape = builder.shapeOf(input);
  const side = (): readonly number[] => shape.map(() => (draws.chance(50) ? 0 : draws.between(1, 2)));
  return builder.pad(name, input, { before: side(), after: side() });
}

/** Operands of one quantisation: the input, tensors of the graph brought to it, constants, further inputs. */
function concatenation({ draws, builder, name, input, others = [] }: Site): TensorId {
  const shape = builder.shapeOf(input);
  const quantization = builder.affineOf(input);
  const axis = draws.between(0, shape.length - 1);
  const matches = others.filter((id) => {
    const other = builder.shapeOf(id);
    return other.length === shape.length && other.every((extent, at) => at === axis || extent === shape[at]);
  });
  const operand = (index: number): TensorId => {
    if (matches.length > 0 && draws.chance(60)) {
      return builder.unary(`${name}.in${index}`, draws.pick(matches), { name: 'requantize' }, quantization);
    }
    const other = shape.map((extent, at) => (at === axis ? draws.between(1, 4) : extent));
    const kind = draws.between(0, 2);
    if (kind === 0) return builder.constant(other, quantization, draws.int8(countOf(other)));
    return kind === 1 ? builder.input(other, quantization) : input;
  };
  const more = Array.from({ length: draws.between(0, 3) }, (_, index) => operand(index));
  const at = draws.between(0, more.length);
  return builder.concatenation(name, [...more.slice(0, at), input, ...more.slice(at)], axis);
}

function slice({ draws, builder, name, input }: Site): TensorId {
  const walks = builder.shapeOf(input).map((size) => {
    const stride = draws.pick([1, 1, 2, 3, -1, -2]);
    const skipped = draws.chance(50) ? 0 : draws.between(0, size - 1);
    const most = Math.floor((size - 1 - skipped) / Math.abs(stride)) + 1;
    const begin = stride > 0 ? skipped : size - 1 - skipped;
    const extent = draws.chance(60) ? most : draws.between(1, most);
    return { begin, stride: extent === 1 ? 1 : stride, extent };
  });
  const extents = walks.map(({ extent }) => extent);
  return builder.stridedSlice(name, input, {
    begin: walks.map(({ begin }) => begin),
    strides: walks.map(({ stride }) => stride),
    extents,
    shape: draws.chance(30) ? extents.filter((extent) => extent > 1) : extents,
  });
}

function resize({ draws, builder, name, input }: Site): TensorId {
  const [height, width] = [draws.between(1, 13), draws.between(1, 13)];
  const alignCorners = draws.chance(40);
  const halfPixelCenters = draws.chance(40);
  return builder.resizeNearest(name, input, { height, width, alignCorners, halfPixelCenters });
}

function pool(kind: 'averagePool' | 'maxPool', { draws, builder, name, input }: Site): TensorId {
  if (draws.chance(20)) return builder[kind](name, input);
  const options = windowOver(draws, mapExtent(builder.shapeOf(input)), false);
  return builder[kind](name, input, { ...options, activation: draws.activation() });
}

function mean({ draws, builder, name, input }: Site): TensorId {
  const all = builder.shapeOf(input).map((_, axis) => axis);
  const some = draws.some(all);
  const axes = some.length > 0 ? some : [draws.pick(all)];
  const { scale, zeroPoint } = builder.affineOf(input);
  const output = draws.chance(30)
    ? { scale, zeroPoint }
    : draws.affine(Math.max(scale * draws.factor(MOST_MULTIPLIER_OCTAVES), 1e-9));
  return builder.mean(name, input, { axes, keepDims: draws.chance(50), output });
}

const moves = (apply: OperatorDraw['apply']): OperatorDraw => ({
  shape: anyShape,
  takes: anyTensor,
  apply,
});
const onMaps = (apply: OperatorDraw['apply']): OperatorDraw => ({ shape: mapShape, takes: isMap, apply });
const onRows = (apply: OperatorDraw['apply']): OperatorDraw => ({ shape: ranked, takes: isRanked, apply });

/** `quantize` and `dequantize` stand at the float boundary and are put there by `randomOperatorGraph`. */
export const OPERATOR_DRAWS: { readonly [K in Exclude<Kind, 'quantize' | 'dequantize'>]: OperatorDraw } = {
  conv2d: onMaps((site) => (site.draws.chance(30) ? pointwise(site) : convolution(site))),
  depthwiseConv2d: onMaps(depthwise),
  transposeConv2d: onMaps(transposedConvolution),
  fullyConnected: onRows(fullyConnected),
  add: moves((site) => binary('add', site)),
  sub: moves((site) => binary('sub', site)),
  mul: moves((site) => binary('mul', site)),
  unary: moves(unary),
  softmax: onRows(softmax),
  reshape: moves(reshape),
  pad: onRows(pad),
  concatenation: onRows(concatenation),
  stridedSlice: onRows(slice),
  transpose: onRows(({ draws, builder, name, input }) =>
    builder.transpose(name, input, draws.permutation(builder.shapeOf(input).length)),
  ),
  resizeNearest: onMaps(resize),
  averagePool2d: onMaps((site) => pool('averagePool', site)),
  maxPool2d: onMaps((site) => pool('maxPool', site)),
  mean: onRows(mean),
};
