/** HARD_SWISH in TensorFlow Lite's 16-bit fixed point; INFERENCE.md has the formula. */
import { quantizeMultiplier } from './requantize';

interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

const INT16_MAX = 32767;
const INT16_MIN = -32768;
const HIGH_RESOLUTION_BITS = 7;
/** The real value 3 is 32768: beyond it the function is the identity. */
const RELUISH_SCALE = Math.fround(3 / 32768);

const toInt16 = (value: number): number => (value << 16) >> 16;

const saturatingShiftLeft16 = (value: number, shift: number): number =>
  Math.max(INT16_MIN, Math.min(INT16_MAX, value * 2 ** shift));

/** gemmlowp's SaturatingRoundingDoublingHighMul on int16 and a multiplier of at least 0. */
const roundingProduct16 = (a: number, b: number): number => Math.floor((a * b + 2 ** 14) / 2 ** 15);

/** gemmlowp's RoundingDivideByPOT on int16: its mask is an int16 too, so that from 16 bits on it is -1. */
function roundingDivide16(value: number, exponent: number): number {
  const mask = exponent >= 16 ? -1 : 2 ** exponent - 1;
  const threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return toInt16((value >> exponent) + ((value & mask) > threshold ? 1 : 0));
}

interface Multiplier16 {
  readonly multiplier: number;
  readonly shift: number;
}

/** A float32 ratio as a Q15 multiplier and a shift. */
function multiplier16(ratio: number): Multiplier16 {
  const { multiplier, shift } = quantizeMultiplier(Math.fround(ratio));
  return { multiplier: Math.min(INT16_MAX, Math.floor((multiplier + 2 ** 15) / 2 ** 16)), shift };
}

/** The input over 3, from -1 to 1 in Q15, saturating; then (that + 1) / 2. */
function reluish(value: number, { multiplier, shift }: Multiplier16): number {
  const shifted = shift > 0 ? saturatingShiftLeft16(value, shift - 1) : value;
  const product = roundingProduct16(shifted, multiplier);
  const scaled =
    shift > 0 ? saturatingShiftLeft16(product, 1) : shift < 0 ? roundingDivide16(product, -shift) : product;
  return (scaled + 2 ** 15) >> 1;
}

/** Can TensorFlow Lite Micro prepare it? The output may not be finer than 1/128 of the input. */
export const hardSwishIsExpressible = (inputScale: number, outputScale: number): boolean =>
  multiplier16(Math.fround(inputScale / 128) / outputScale).shift <= 0;

/** The stored output (before saturation to int8) of a stored input. */
export function hardSwishFunction(input: Affine, output: Affine): (stored: number) => number {
  const fine = Math.fround(input.scale / 2 ** HIGH_RESOLUTION_BITS);
  const toOutput = multiplier16(fine / output.scale);
  const toReluish = multiplier16(fine / RELUISH_SCALE);
  return (stored) => {
    const value = (stored - input.zeroPoint) * 2 ** HIGH_RESOLUTION_BITS;
    const unshifted = roundingProduct16(value, toOutput.multiplier);
    const gated = Math.trunc((reluish(value, toReluish) * unshifted) / 2 ** 15);
    return toInt16(roundingDivide16(gated, -toOutput.shift) + output.zeroPoint);
  };
}
