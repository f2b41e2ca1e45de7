/** TensorFlow Lite's integer arithmetic on big integers, written from its definition: what the fast forms are held against. */
import type { QuantizedMultiplier } from '#libs/model/quant';

const POWER_30 = 2n ** 30n;
const POWER_31 = 2n ** 31n;

/** (a * b + nudge) / 2^31, nudge by the product's sign, truncated toward zero. */
function roundingDoublingHighMultiply(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product + (product >= 0n ? POWER_30 : 1n - POWER_30)) / POWER_31;
}

/** To nearest, halves away from zero. */
function divideByPowerOfTwo(value: bigint, exponent: number): bigint {
  if (exponent === 0) return value;
  const half = 1n << BigInt(exponent - 1);
  const magnitude = ((value < 0n ? -value : value) + half) >> BigInt(exponent);
  return value < 0n ? -magnitude : magnitude;
}

/** Value times multiplier, two roundings; the shifted value wraps to int32. */
export function exactScaled(value: number, { multiplier, shift }: QuantizedMultiplier): number {
  const left = BigInt(Math.max(shift, 0));
  const shifted = BigInt.asIntN(32, BigInt(value) << left);
  return Number(
    divideByPowerOfTwo(roundingDoublingHighMultiply(shifted, BigInt(multiplier)), Math.max(-shift, 0)),
  );
}

/** The multiplier of a real ratio, found by search: multiplier in [2^30, 2^31), value = multiplier * 2^(shift - 31). */
export function exactMultiplier(ratio: number): QuantizedMultiplier {
  let shift = 0;
  let fraction = ratio;
  for (; fraction >= 1; fraction /= 2) shift++;
  for (; fraction < 0.5; fraction *= 2) shift--;
  const multiplier = Math.round(fraction * 2 ** 31);
  return multiplier === 2 ** 31 ? { multiplier: 2 ** 30, shift: shift + 1 } : { multiplier, shift };
}

export const clampTo = (value: number, min = -128, max = 127): number => Math.max(min, Math.min(max, value));
