/** The constants of gradients of operators without weights (GRADIENTS.md). */
import {
  type Add,
  type AveragePool2d,
  type Graph,
  type Mean,
  type Mul,
  perTensor,
  type Ratio,
  type Sub,
  type TensorId,
  tensorOf,
  type Unary,
} from '#libs/model/ir';
import { activationRange } from './activation-range';
import { alignedMantissa, kceil, roundHalfAway } from './binary-float';
import { multiplyByQuantizedMultiplier, roundingDivideByPowerOfTwo } from './fixed-point';
import { logisticFunction } from './gemmlowp';
import { quantizeMultiplier } from './requantize';

/** G1: value = mantissa * 2^(exponent - 15), the magnitude rounded half up to 15 bits; 0 has mantissa 0. */
export function ratioOf(value: number): Ratio {
  if (value === 0) return { mantissa: 0, exponent: 0 };
  const magnitude = Math.abs(value);
  const exponent = kceil(magnitude);
  const mantissa = alignedMantissa(magnitude, exponent);
  return { mantissa: value < 0 ? -mantissa : mantissa, exponent };
}

/** 1 = 32768 * 2^(0 - 15). */
export const UNIT_RATIO: Ratio = { mantissa: 32768, exponent: 0 };

const scaleOf = (graph: Graph, id: TensorId): number => perTensor(tensorOf(graph, id)).scale;

/** How far the result of an ADD, SUB or MUL moves with operand `index` (0 or 1); of a MUL, a unit of the other operand. */
export function operandRatio(graph: Graph, op: Add | Sub | Mul, index: 0 | 1): Ratio {
  const [first, second] = [scaleOf(graph, op.inputs[0]), scaleOf(graph, op.inputs[1])];
  const output = scaleOf(graph, op.output);
  if (op.kind === 'mul') return ratioOf((first * second) / output);
  const ratio = (index === 0 ? first : second) / output;
  return ratioOf(op.kind === 'sub' && index === 1 ? -ratio : ratio);
}

/** Elements of one mean. */
const meanCount = (graph: Graph, op: Mean): number =>
  op.axes.reduce((product, axis) => product * (tensorOf(graph, op.input).shape[axis] ?? 1), 1);

/** How far a mean moves with each of its elements. */
export const meanRatio = (graph: Graph, op: Mean): Ratio =>
  ratioOf(scaleOf(graph, op.input) / (scaleOf(graph, op.output) * meanCount(graph, op)));

/** G11: 2 * scale^2 / elements. */
export function errorRatio(graph: Graph, prediction: TensorId, elements: number): Ratio {
  const scale = scaleOf(graph, prediction);
  return ratioOf((2 * scale * scale) / elements);
}

/** G6: 1/n of the windows of a pool, aligned to the exponent of the smallest: floor(2^(15 - k) / n + .5), k <= 0. */
export const windowExponent = (fewest: number): number => kceil(1 / fewest);

/** Pixels of the smallest window of an average pool. */
export function smallestWindow(graph: Graph, pool: AveragePool2d): number {
  const [, height = 1, width = 1] = tensorOf(graph, pool.input).shape;
  const [, rows = 1, columns = 1] = tensorOf(graph, pool.output).shape;
  const { stride, padding } = pool.window;
  const fewest = (outputs: number, extent: number, at: { kernel: number; stride: number; before: number }) =>
    Math.min(
      ...Array.from({ length: outputs }, (_, i) => {
        const start = i * at.stride - at.before;
        return Math.min(start + at.kernel, extent) - Math.max(start, 0);
      }),
    );
  return (
    fewest(rows, height, { kernel: pool.kernel.height, stride: stride.height, before: padding.top }) *
    fewest(columns, width, { kernel: pool.kernel.width, stride: stride.width, before: padding.left })
  );
}

/** How many windows of a pool meet in one pixel at most. */
export function windowsPerPixel({ kernel, window }: Pick<AveragePool2d, 'kernel' | 'window'>): number {
  return Math.ceil(kernel.height / window.stride.height) * Math.ceil(kernel.width / window.stride.width);
}

interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

const isInt8 = (value: number): boolean => value >= -128 && value <= 127;

/** Functions of one element that are a requantisation between two clamps: their gradient is a mask and a ratio. */
const CLAMPS: ReadonlySet<string> = new Set(['requantize', 'relu', 'relu6', 'reluN1To1']);
export const isClampFunction = ({ function: { name } }: Pick<Unary, 'function'>): boolean => CLAMPS.has(name);

/** How far the output of a clamp moves with its input: RELU6 of TensorFlow Lite Micro does not requantise. */
export const clampRatio = (graph: Graph, op: Unary): Ratio =>
  op.function.name === 'relu6' ? UNIT_RATIO : ratioOf(scaleOf(graph, op.input) / scaleOf(graph, op.output));

const signedByte = (byte: number): number => (byte < 128 ? byte : byte - 256);

/** The stored value before the clamp is within it. */
function passes(op: Unary, stored: number, input: Affine, output: Affine): boolean {
  if (op.function.name === 'relu6') {
    const six = Math.min(127, roundHalfAway(Math.fround(6 / input.scale)) + input.zeroPoint);
    return stored >= input.zeroPoint && stored <= six;
  }
  const { multiplier, shift } = quantizeMultiplier(input.scale / output.scale);
  const value = multiplyByQuantizedMultiplier(stored - input.zeroPoint, multiplier, shift) + output.zeroPoint;
  const activation =
    op.function.name === 'relu' || op.function.name === 'reluN1To1' ? op.function.name : 'none';
  const { min, max } = activationRange(activation, output);
  return value >= min && value <= max;
}

/** G3: for each stored input (as an unsigned byte), one bit: does RELU, RELU6, RELU_N1_TO_1 or QUANTIZE let it through? */
export function clampBits(graph: Graph, op: Unary): Uint8Array {
  const [input, output] = [perTensor(tensorOf(graph, op.input)), perTensor(tensorOf(graph, op.output))];
  const bits = new Uint8Array(32);
  for (let byte = 0; byte < 256; byte++) {
    if (passes(op, signedByte(byte), input, output)) bits[byte >> 3]! |= 1 << (byte & 7);
  }
  return bits;
}

/** Slope in real numbers of LOGISTIC at a real x, in gemmlowp's arithmetic: no exponential of the host decides a bit. */
function logisticSlope(x: number): number {
  const fixed = Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(x * 2 ** 27)));
  const probability = logisticFunction(fixed, 4);
  // 1.0 is saturated to 127: nothing gets through.
  if (roundingDivideByPowerOfTwo(probability, 23) > 255) return 0;
  const real = probability / 2 ** 31;
  return real * (1 - real);
}

function hardSwishSlope(x: number): number {
  if (x <= -3) return 0;
  return x >= 3 ? 1 : (2 * x + 3) / 6;
}

const hardSwish = (x: number): number => (x * Math.max(0, Math.min(6, x + 3))) / 6;

/** dq_out / dq_in at one stored input; 0 where int8 saturates. */
function slopeAt({ function: of }: Unary, stored: number, input: Affine, output: Affine): number {
  const x = input.scale * (stored - input.zeroPoint);
  const ratio = input.scale / output.scale;
  const within = (real: number): boolean => isInt8(Math.round(real / output.scale) + output.zeroPoint);
  switch (of.name) {
    case 'logistic':
      return logisticSlope(x) * ratio;
    case 'hardSwish':
      return within(hardSwish(x)) ? hardSwishSlope(x) * ratio : 0;
    case 'leakyRelu': {
      const slope = x < 0 ? of.alpha : 1;
      return within(slope * x) ? slope * ratio : 0;
    }
    case 'requantize':
    case 'relu':
    case 'relu6':
    case 'reluN1To1':
      throw new Error(`${of.name} is a clamp: its gradient needs no table`);
  }
}

/** G8: slopes of a function of one element: mantissas[x & 0xff] * 2^(exponent - 14), |mantissa| <= 16384. */
export interface SlopeTable {
  readonly mantissas: Int16Array;
  readonly exponent: number;
}

const SLOPE_BITS = 14;

export function slopeTable(graph: Graph, op: Unary): SlopeTable {
  const [input, output] = [perTensor(tensorOf(graph, op.input)), perTensor(tensorOf(graph, op.output))];
  const slopes = Array.from({ length: 256 }, (_, byte) => slopeAt(op, signedByte(byte), input, output));
  const largest = Math.max(...slopes.map(Math.abs));
  const exponent = largest === 0 ? 0 : kceil(largest);
  return {
    mantissas: Int16Array.from(slopes, (slope) => roundHalfAway(slope * 2 ** (SLOPE_BITS - exponent))),
    exponent,
  };
}
