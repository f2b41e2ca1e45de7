import { type Graph, perTensor, tensorOf, type Unary, type UnaryFunction } from '#libs/model/ir';
import { activationRange, type ActivationRange } from './activation-range';
import { frexp, roundHalfAway } from './binary-float';
import { multiplyByQuantizedMultiplier, roundingDivideByPowerOfTwo } from './fixed-point';
import { logisticFunction } from './gemmlowp';
import { hardSwishFunction } from './hard-swish';
import { quantizeMultiplier } from './requantize';

interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Stored input to stored output, not yet saturated to int8. */
type StoredFunction = (stored: number) => number;
type NamedFunction<N extends UnaryFunction['name']> = Extract<UnaryFunction, { readonly name: N }>;
type Prepare<N extends UnaryFunction['name']> = (
  input: Affine,
  output: Affine,
  of: NamedFunction<N>,
) => StoredFunction;

const INT8: ActivationRange = { min: -128, max: 127 };

const clamp = (value: number, { min, max }: ActivationRange): number => Math.max(min, Math.min(max, value));

/** value * ratio in TensorFlow Lite's arithmetic; a ratio below 0 is LEAKY_RELU's with such a slope. */
function scaledBy(ratio: number): (value: number) => number {
  const { multiplier, shift } = quantizeMultiplier(Math.abs(ratio));
  const sign = ratio < 0 ? -1 : 1;
  return (value) => multiplyByQuantizedMultiplier(sign * value, multiplier, shift);
}

function requantize(input: Affine, output: Affine): StoredFunction {
  const scaled = scaledBy(input.scale / output.scale);
  return (stored) => scaled(stored - input.zeroPoint) + output.zeroPoint;
}

function clampedRequantize(activation: 'relu' | 'reluN1To1', input: Affine, output: Affine): StoredFunction {
  const requantized = requantize(input, output);
  const range = activationRange(activation, output);
  return (stored) => clamp(requantized(stored), range);
}

/** RELU6 of TensorFlow Lite Micro compares stored values and never requantises. */
function relu6(input: Affine): StoredFunction {
  const six = clamp(roundHalfAway(Math.fround(6 / input.scale)) + input.zeroPoint, INT8);
  return (stored) => (stored > six ? six : Math.max(stored, input.zeroPoint));
}

function leakyRelu(input: Affine, output: Affine, alpha: number): StoredFunction {
  const identity = scaledBy(Math.fround(input.scale / output.scale));
  const sloped = scaledBy(Math.fround(Math.fround(input.scale * alpha) / output.scale));
  return (stored) => {
    const value = stored - input.zeroPoint;
    return output.zeroPoint + (value < 0 ? sloped(value) : identity(value));
  };
}

const LOGISTIC_INTEGER_BITS = 4;
const LOGISTIC_FRACTION = 2 ** (31 - LOGISTIC_INTEGER_BITS);
/** A Q0.31 probability becomes int8: 31 - 8 bits. */
const LOGISTIC_OUTPUT_SHIFT = 23;

/** The input in Q4.27; beyond `radius` the result is 0 or 1. */
function logistic(input: Affine): StoredFunction {
  const { fraction, exponent } = frexp(input.scale * LOGISTIC_FRACTION);
  const multiplier = roundHalfAway(fraction * 2 ** 31);
  const radius = Math.floor(((2 ** LOGISTIC_INTEGER_BITS - 1) * LOGISTIC_FRACTION) / 2 ** exponent);
  return (stored) => {
    const value = stored - input.zeroPoint;
    if (value <= -radius) return INT8.min;
    if (value >= radius) return INT8.max;
    const scaled = multiplyByQuantizedMultiplier(value, multiplier, exponent);
    const probability = logisticFunction(scaled, LOGISTIC_INTEGER_BITS);
    return roundingDivideByPowerOfTwo(probability, LOGISTIC_OUTPUT_SHIFT) + INT8.min;
  };
}

const PREPARE: { readonly [N in UnaryFunction['name']]: Prepare<N> } = {
  requantize,
  relu: (input, output) => clampedRequantize('relu', input, output),
  relu6,
  reluN1To1: (input, output) => clampedRequantize('reluN1To1', input, output),
  leakyRelu: (input, output, { alpha }) => leakyRelu(input, output, alpha),
  logistic,
  hardSwish: hardSwishFunction,
};

/**
 * The whole of an element-by-element operator: the int8 output of each of the 256 stored inputs, at the index that the
 * input's byte has as an unsigned number. INFERENCE.md says what is in it.
 */
export function unaryTable(graph: Graph, op: Unary): Int8Array {
  const input = tensorOf(graph, op.input);
  const prepare = PREPARE[op.function.name] as Prepare<UnaryFunction['name']>;
  const outputOf = prepare(perTensor(input), perTensor(tensorOf(graph, op.output)), op.function);
  return Int8Array.from({ length: 256 }, (_, byte) => {
    const stored = input.type === 'uint8' || byte < 128 ? byte : byte - 256;
    return clamp(outputOf(stored), INT8);
  });
}
