/** QUANTIZE and DEQUANTIZE at the float boundary of a model; they run on the host only. */
import { roundHalfAway } from './binary-float';

interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

const INT8_MIN = -128;
const INT8_MAX = 127;

/** AffineQuantize: the quotient in float32, halves away from zero, clamped. What is no number counts as 0. */
export function quantizeFloat(values: Float32Array, { scale, zeroPoint }: Affine): Int8Array {
  return Int8Array.from(values, (value) => {
    const quotient = Number.isNaN(value) ? 0 : Math.fround(value / scale);
    return Math.max(INT8_MIN, Math.min(INT8_MAX, roundHalfAway(quotient) + zeroPoint));
  });
}

/** Dequantize: scale * (value - zeroPoint), rounded once to float32. */
export function dequantizeToFloat(values: Int8Array, { scale, zeroPoint }: Affine): Float32Array {
  return Float32Array.from(values, (value) => scale * (value - zeroPoint));
}
