import fc from 'fast-check';
import {
  bitLength,
  doublingHighMultiply,
  multiplyByQuantizedMultiplier,
  roundingDivideByPowerOfTwo,
  roundingHighMultiply,
  roundingShiftRight,
  saturatingShiftLeft,
} from './fixed-point';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const multiplier = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** SRDHM as N2 writes it, in big integers. */
function srdhm(x: number, m: number): number {
  const product = BigInt(x) * BigInt(m);
  return Number((product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n))) / (1n << 31n));
}

describe('fixed-point', () => {
  it('the doubling high multiply equals SRDHM of N2', () => {
    fc.assert(fc.property(int32, multiplier, (x, m) => expect(doublingHighMultiply(x, m)).toBe(srdhm(x, m))));
  });

  it('the rounding high multiply equals SMMULR', () => {
    const exact = (x: number, m: number): number => Number((BigInt(x) * BigInt(m) + (1n << 31n)) >> 32n);
    fc.assert(fc.property(int32, multiplier, (x, m) => expect(roundingHighMultiply(x, m)).toBe(exact(x, m))));
  });

  it('rsh equals (x + 2^(s-1)) >> s without overflow', () => {
    const exact = (x: number, s: number): number => Number((BigInt(x) + (1n << BigInt(s - 1))) >> BigInt(s));
    fc.assert(
      fc.property(int32, fc.integer({ min: 1, max: 31 }), (x, s) =>
        expect(roundingShiftRight(x, s)).toBe(exact(x, s)),
      ),
    );
    expect([roundingShiftRight(-7, 0), roundingShiftRight(-7, -2), roundingShiftRight(-7, 32)]).toEqual([
      -7, -7, 0,
    ]);
    expect(roundingShiftRight(2 ** 31 - 1, 1)).toBe(2 ** 30);
  });

  it('the division by a power of two rounds halves away from zero', () => {
    expect([-3, -1, 1, 3, 5].map((x) => roundingDivideByPowerOfTwo(x, 1))).toEqual([-2, -1, 1, 2, 3]);
    expect(roundingDivideByPowerOfTwo(2 ** 31 - 1, 31)).toBe(1);
    expect(roundingDivideByPowerOfTwo(-(2 ** 31), 31)).toBe(-1);
  });

  it('a quantised multiplier with a positive shift multiplies after shifting left', () => {
    expect(multiplyByQuantizedMultiplier(100, 2 ** 30, 3)).toBe(400);
    expect(multiplyByQuantizedMultiplier(100, 2 ** 30, -2)).toBe(13);
  });

  it('a left shift saturates instead of wrapping, by any distance', () => {
    expect(saturatingShiftLeft(3, 4, 1000)).toBe(48);
    expect(saturatingShiftLeft(-3, 900, 2 ** 30 - 1)).toBe(-(2 ** 30 - 1));
    expect(saturatingShiftLeft(0, 900, 7)).toBe(0);
  });

  it('bit lengths of 0, powers of two and their neighbours', () => {
    expect([0, 1, 2, 3, 255, 256, 2 ** 31].map(bitLength)).toEqual([0, 1, 2, 2, 8, 9, 32]);
  });
});
