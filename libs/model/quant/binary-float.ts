/** Binary64 numbers taken apart exactly, by their bits: logarithms of the host's C library decide nothing here. */

/** `value = fraction * 2^exponent`, fraction in [0.5, 1) (0 for 0). */
export interface BinaryFloat {
  readonly fraction: number;
  readonly exponent: number;
}

/** An integer mantissa and a power of two; the scaling of each user is in its own comment. */
export interface Scaled {
  readonly mantissa: number;
  readonly exponent: number;
}

const scratch = new DataView(new ArrayBuffer(8));
const EXPONENT_MASK = 0x7ff00000;

/** C's frexp for finite values >= 0. */
export function frexp(value: number): BinaryFloat {
  if (value === 0) return { fraction: 0, exponent: 0 };
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  const biased = (high & EXPONENT_MASK) >>> 20;
  if (biased === 0) {
    const normal = frexp(value * 2 ** 54);
    return { fraction: normal.fraction, exponent: normal.exponent - 54 };
  }
  scratch.setUint32(0, ((high & ~EXPONENT_MASK) | (1022 << 20)) >>> 0);
  return { fraction: scratch.getFloat64(0), exponent: biased - 1022 };
}

/** N0: the mantissa in `bits` bits, rounded half up; value = mantissa * 2^(exponent - bits). */
function mantissaOf(value: number, bits: number): Scaled {
  const { fraction, exponent } = frexp(value);
  const mantissa = Math.floor(fraction * 2 ** bits + 0.5);
  return mantissa === 2 ** bits
    ? { mantissa: 2 ** (bits - 1), exponent: exponent + 1 }
    : { mantissa, exponent };
}

/** N0 q31: mantissa in [2^30, 2^31), value = mantissa * 2^(exponent - 31). 0 gives 0. */
export const q31 = (value: number): Scaled => mantissaOf(value, 31);

/** N0 q15: mantissa in [2^14, 2^15), value = mantissa * 2^(exponent - 15). 0 gives 0. */
export const q15 = (value: number): Scaled => mantissaOf(value, 15);

/** N0 kceil: the least k with value <= 2^k, for value > 0. */
export function kceil(value: number): number {
  const { fraction, exponent } = frexp(value);
  return fraction === 0.5 ? exponent - 1 : exponent;
}

/** N0: floor(value * 2^(15 - exponent) + .5), in 0..32768 where value <= 2^exponent. */
export const alignedMantissa = (value: number, exponent: number): number =>
  Math.floor(value * 2 ** (15 - exponent) + 0.5);

/** C's round: halves away from zero. */
export const roundHalfAway = (value: number): number => (value < 0 ? -Math.round(-value) : Math.round(value));
