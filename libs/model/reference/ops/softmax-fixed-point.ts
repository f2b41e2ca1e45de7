/**
 * The fixed-point functions under TensorFlow Lite's int8 softmax, as gemmlowp defines them. Qm.n: m integer bits, n
 * fractional bits and a sign in an int32; the numbers are gemmlowp's own constants.
 */
import {
  doublingHighMultiply,
  type QuantizedMultiplier,
  quantizeMultiplier,
  roundingDivideByPowerOfTwo,
  saturatingShiftLeft,
} from '#libs/model/quant';

const INT32_MAX = 2 ** 31 - 1;
/** Integer bits of a scaled difference of logits. */
const DIFFERENCE_BITS = 5;
const DIFFERENCE_FRACTION = 31 - DIFFERENCE_BITS;

export interface SoftmaxScaling extends QuantizedMultiplier {
  /** Differences below this give probability 0. */
  readonly smallestDifference: number;
}

/** beta * scale as the multiplier that brings an int8 difference to Q5.26. */
export function softmaxScaling(beta: number, scale: number): SoftmaxScaling {
  const { multiplier, shift } = quantizeMultiplier(
    Math.min(beta * scale * 2 ** DIFFERENCE_FRACTION, INT32_MAX),
  );
  const largest = ((2 ** DIFFERENCE_BITS - 1) * 2 ** DIFFERENCE_FRACTION) / 2 ** shift;
  return { multiplier, shift, smallestDifference: -Math.floor(largest) };
}

/** The product of two fixed-point numbers: round(a * b / 2^31). */
export const fixedPointProduct = (a: number, b: number): number =>
  b < 0 ? doublingHighMultiply(-a, -b) : doublingHighMultiply(a, b);

const EIGHTH = 2 ** 28;
const EXP_MINUS_EIGHTH = 1895147668;
const THIRD = 715827883;

/** e^a for a in [-1/4, 0), Q0.31: the Taylor expansion around -1/8 to the fourth power. */
function exponentialNearZero(a: number): number {
  const x = a + EIGHTH;
  const x2 = fixedPointProduct(x, x);
  const x3 = fixedPointProduct(x2, x);
  const x4 = fixedPointProduct(x2, x2);
  const cubic = fixedPointProduct(roundingDivideByPowerOfTwo(x4, 2) + x3, THIRD);
  const tail = roundingDivideByPowerOfTwo(cubic + x2, 1);
  return EXP_MINUS_EIGHTH + fixedPointProduct(EXP_MINUS_EIGHTH, x + tail);
}

/** e^-(2^exponent) in Q0.31 for exponents -2..4. */
const POWERS: readonly (readonly [exponent: number, factor: number])[] = [
  [-2, 1672461947],
  [-1, 1302514674],
  [0, 790015084],
  [1, 290630308],
  [2, 39332535],
  [3, 720401],
  [4, 242],
];

/** e^a for a <= 0 in Q5.26, as Q0.31: the part below a quarter by series, the rest bit by bit. */
export function exponentialOfNegative(a: number): number {
  if (a === 0) return INT32_MAX;
  const quarter = 2 ** (DIFFERENCE_FRACTION - 2);
  const part = (a & (quarter - 1)) - quarter;
  const rest = part - a;
  return POWERS.reduce(
    (result, [exponent, factor]) =>
      rest & (1 << (DIFFERENCE_FRACTION + exponent)) ? fixedPointProduct(result, factor) : result,
    exponentialNearZero(part * 2 ** DIFFERENCE_BITS),
  );
}

const FORTY_EIGHT_SEVENTEENTHS = 1515870810;
const MINUS_THIRTY_TWO_SEVENTEENTHS = -1010580540;
const ONE_Q2 = 2 ** 29;
const NEWTON_STEPS = 3;

/** 1 / (1 + a) for a in [0, 1) in Q0.31: Newton's division. */
function oneOverOnePlus(a: number): number {
  const halfDenominator = Math.trunc((a + INT32_MAX + 1) / 2);
  let x = FORTY_EIGHT_SEVENTEENTHS + fixedPointProduct(halfDenominator, MINUS_THIRTY_TWO_SEVENTEENTHS);
  for (let i = 0; i < NEWTON_STEPS; i++) {
    const error = ONE_Q2 - fixedPointProduct(halfDenominator, x);
    x += saturatingShiftLeft(fixedPointProduct(x, error), 2, INT32_MAX);
  }
  return saturatingShiftLeft(x, 1, INT32_MAX);
}

/** 1 / sum for a sum with `integerBits` integer bits: mantissa * 2^-bitsOverUnit, mantissa Q0.31. */
export function reciprocal(
  sum: number,
  integerBits: number,
): { readonly mantissa: number; readonly bitsOverUnit: number } {
  const headroom = Math.clz32(sum);
  const fraction = sum * 2 ** headroom - 2 ** 31;
  return { mantissa: oneOverOnePlus(fraction), bitsOverUnit: integerBits - headroom };
}
