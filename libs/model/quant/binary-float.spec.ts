import { frexp, kceil, q15, q31 } from './binary-float';

describe('binary-float', () => {
  it('takes normal and subnormal numbers apart so that they can be put together again', () => {
    for (const value of [1, 0.5, 3, 1e-300, 5e-324, 2 ** -1022, Number.MAX_VALUE, 0.1, 1 - 2 ** -53]) {
      const { fraction, exponent } = frexp(value);
      expect(fraction).toBeGreaterThanOrEqual(0.5);
      expect(fraction).toBeLessThan(1);
      const halves = Math.trunc(exponent / 2);
      expect(fraction * 2 ** halves * 2 ** (exponent - halves)).toBe(value);
    }
    expect(frexp(0)).toEqual({ fraction: 0, exponent: 0 });
  });

  it('moves a mantissa that rounds up to the next power of two into the exponent', () => {
    expect(q31(1 - 2 ** -40)).toEqual({ mantissa: 2 ** 30, exponent: 1 });
    expect(q15(1 - 2 ** -40)).toEqual({ mantissa: 2 ** 14, exponent: 1 });
    expect(q15(0.02)).toEqual({ mantissa: 20972, exponent: -5 });
  });

  it('kceil is the least exponent whose power covers the value, powers of two themselves included', () => {
    expect([1, 1.5, 2, 0.25, 0.2500001, 81910].map(kceil)).toEqual([0, 1, 1, -2, -1, 17]);
  });
});
