import type { Activation } from '#libs/model/ir';
import { roundHalfAway } from './binary-float';

/** Clamp of an int8 output, both ends inside. */
export interface ActivationRange {
  readonly min: number;
  readonly max: number;
}

const INT8_MIN = -128;
const INT8_MAX = 127;

/** The int8 clamp of a fused activation, by TensorFlow Lite's rule: zeroPoint + round(real / scale), the quotient in float32. */
export function activationRange(
  activation: Activation,
  output: { readonly scale: number; readonly zeroPoint: number },
): ActivationRange {
  const quantized = (real: number): number =>
    output.zeroPoint + roundHalfAway(Math.fround(real / output.scale));
  const lower = (real: number): number => Math.max(INT8_MIN, quantized(real));
  const upper = (real: number): number => Math.min(INT8_MAX, quantized(real));
  switch (activation) {
    case 'none':
      return { min: INT8_MIN, max: INT8_MAX };
    case 'relu':
      return { min: lower(0), max: INT8_MAX };
    case 'relu6':
      return { min: lower(0), max: upper(6) };
    case 'reluN1To1':
      return { min: lower(-1), max: upper(1) };
  }
}
