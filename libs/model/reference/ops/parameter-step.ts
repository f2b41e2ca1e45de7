import {
  roundingHighMultiply,
  roundingShiftRight,
  type Rate,
  saturate,
  saturatingShiftLeft,
  type StepScale,
} from '#libs/model/quant';

const INT32_LIMIT = 2 ** 31 - 1;

/** Steps of one channel: the QAS factor and the rate merged into one multiplier. */
export interface ChannelStep {
  /** mm of N7, < 2^31. */
  readonly multiplier: number;
  /** s = exponent - gradient exponent: right shift of the product. */
  readonly exponent: number;
}

/** N7, the part of D that does not depend on the gradient. `fractionBits` of the result: weights 16, biases 8. */
export const channelStep = (
  scale: StepScale,
  channel: number,
  rate: Rate,
  fractionBits: number,
): ChannelStep => ({
  multiplier: (scale.mantissas[channel] as number) * rate.mantissa * 2,
  exponent: -(1 + (scale.exponents[channel] as number) + rate.exponent + fractionBits),
});

/** N7: D = G * 2^exponent * q * lr * 2^fractionBits, an int32. */
export function stepOf(gradient: number, exponent: number, step: ChannelStep): number {
  const product = roundingHighMultiply(gradient, step.multiplier);
  const shift = step.exponent - exponent;
  return shift >= 0 ? roundingShiftRight(product, shift) : saturatingShiftLeft(product, -shift, INT32_LIMIT);
}

export const WEIGHT_STEP_FRACTION = 16;
export const BIAS_STEP_FRACTION = 8;
const BIAS_LIMIT = 2 ** 30;
const WEIGHT_LIMIT = 127;
const WEIGHT_STEP_LIMIT = 8 * 65536;
const HEAD_LIMIT = 8191;
const HEAD_STEP_LIMIT = 64 * 65536;

/** N7 bias: B = sat(B - D, 2^30). */
export const steppedBias = (bias: number, step: number): number => saturate(bias - step, BIAS_LIMIT);

/** N7 weight, rounded by the 16 random bits `draw`: the step at most 8 LSB, the weight within +-127. */
export const steppedWeight = (weight: number, step: number, draw: number): number =>
  saturate(weight + ((draw - saturate(step, WEIGHT_STEP_LIMIT)) >> 16), WEIGHT_LIMIT);

/** N7 head weight in 1/16 LSB: the step at most 64 LSB, the weight within +-8191. */
export const steppedHeadWeight = (weight: number, step: number, draw: number): number =>
  saturate(weight + (((draw >> 4) - saturate(step, HEAD_STEP_LIMIT)) >> 12), HEAD_LIMIT);
