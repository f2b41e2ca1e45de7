/**
 * Integer primitives of NUMERICS, exact in binary64 without big integers: a 62-bit product is split so that every
 * partial sum stays below 2^53.
 */

/** Looked up once: these functions are the innermost of everything that runs a graph. */
const { clz32, floor, min } = Math;

/** sat(value, limit): clamp to [-limit, limit]. */
export const saturate = (value: number, limit: number): number =>
  value > limit ? limit : value < -limit ? -limit : value;

/** blen: number of bits of a uint32, 0 for 0. */
export const bitLength = (value: number): number => 32 - clz32(value);

/** rsh: an int32 divided by 2^shift, halves up; shift <= 0 gives the value, shift > 31 gives 0. */
export function roundingShiftRight(value: number, shift: number): number {
  if (shift <= 0) return value;
  if (shift > 31) return 0;
  const doubled = value >> (shift - 1);
  return (doubled >> 1) + (doubled & 1);
}

/** round(a * b / 2^31), halves up, for int32 a and 0 <= b < 2^31. The nudge of SRDHM in N2 comes to exactly this. */
export function doublingHighMultiply(a: number, b: number): number {
  const high = a * (b >>> 16);
  const low = a * (b & 0xffff) + 0x40000000;
  const whole = floor(high / 0x8000);
  return whole + floor(((high - whole * 0x8000) * 0x10000 + low) / 0x80000000);
}

/** (a * b + 2^31) >> 32 for int32 a and 0 <= b < 2^31 (ARM SMMULR). */
export function roundingHighMultiply(a: number, b: number): number {
  const high = a * (b >>> 16);
  const low = a * (b & 0xffff) + 0x80000000;
  const whole = floor(high / 0x10000);
  return whole + floor(((high - whole * 0x10000) * 0x10000 + low) / 0x100000000);
}

/** RDPOT: an int32 divided by 2^exponent (0..31), to nearest, halves away from zero. */
export function roundingDivideByPowerOfTwo(value: number, exponent: number): number {
  if (exponent === 0) return value;
  const mask = exponent === 31 ? 0x7fffffff : (1 << exponent) - 1;
  const threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return (value >> exponent) + ((value & mask) > threshold ? 1 : 0);
}

/**
 * MBQM of TensorFlow Lite Micro (double rounding): accumulator * multiplier * 2^(shift - 31).
 * @param shift positive = left (the shifted value wraps to int32), negative = rounding right shift after the product
 */
export function multiplyByQuantizedMultiplier(
  accumulator: number,
  multiplier: number,
  shift: number,
): number {
  return shift > 0
    ? doublingHighMultiply(accumulator << shift, multiplier)
    : roundingDivideByPowerOfTwo(doublingHighMultiply(accumulator, multiplier), -shift);
}

/** value * 2^shift, saturated to [-limit, limit]. */
export const saturatingShiftLeft = (value: number, shift: number, limit: number): number =>
  saturate(value * 2 ** min(shift, 64), limit);
