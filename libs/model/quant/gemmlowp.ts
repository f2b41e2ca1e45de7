/**
 * The fixed-point functions under TensorFlow Lite's int8 SOFTMAX and LOGISTIC, as gemmlowp defines them. Qm.n: m integer
 * bits, n fractional bits and a sign in an int32; the numbers are gemmlowp's own constants.
 */
import { doublingHighMultiply, roundingDivideByPowerOfTwo, saturatingShiftLeft } from './fixed-point';

const INT32_MAX = 2 ** 31 - 1;

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

/** e^a for a <= 0 with `integerBits` (up to 5) integer bits, as Q0.31: the part below a quarter by series, the rest bit by bit. */
export function exponentialOfNegative(a: number, integerBits: number): number {
  if (a === 0) return INT32_MAX;
  const fraction = 31 - integerBits;
  const quarter = 2 ** (fraction - 2);
  const part = (a & (quarter - 1)) - quarter;
  const rest = part - a;
  return POWERS.reduce(
    (result, [exponent, factor]) =>
      exponent < integerBits && rest & (1 << (fraction + exponent))
        ? fixedPointProduct(result, factor)
        : result,
    exponentialNearZero(part * 2 ** integerBits),
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

const HALF = 2 ** 30;

/** 1 / (1 + e^-a) for `integerBits` integer bits, as Q0.31. */
export function logisticFunction(a: number, integerBits: number): number {
  if (a === 0) return HALF;
  const ofMagnitude = oneOverOnePlus(exponentialOfNegative(-Math.abs(a), integerBits));
  return a > 0 ? ofMagnitude : INT32_MAX - ofMagnitude;
}
