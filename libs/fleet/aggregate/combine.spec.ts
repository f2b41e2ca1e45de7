import fc from 'fast-check';
import { combine, roundedQuotient, ruleFor } from './combine';

const abs = (x: bigint): bigint => (x < 0n ? -x : x);

/** sum * 2^bits / count, halves away from zero, in big integers. */
function exactQuotient(sum: number, count: number, bits: number): number {
  const numerator = BigInt(sum) * 2n ** BigInt(bits);
  const rounded = (2n * abs(numerator) + BigInt(count)) / (2n * BigInt(count));
  return Number(sum < 0 ? -rounded : rounded);
}

describe('roundedQuotient', () => {
  it('is exact over its whole range', () => {
    const count = fc.oneof(fc.integer({ min: 1, max: 2 ** 30 }), fc.integer({ min: 1, max: 9 }));
    const sum = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
    fc.assert(
      fc.property(sum, count, fc.constantFrom(8, 16), (s, n, bits) => {
        fc.pre(Math.abs(s) <= n * 2 ** 23);
        expect(roundedQuotient(s, n, bits) + 0).toBe(exactQuotient(s, n, bits));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    [2 ** 53 - 1, 2 ** 30],
    [2 ** 52 - 1, 3],
    [-(2 ** 52) + 1, 7],
    [1, 2 ** 17],
    [-1, 2 ** 17],
    [3, 2 ** 18],
  ])('is exact where binary64 is not: %d / %d', (sum, count) => {
    expect(roundedQuotient(sum, count, 16) + 0).toBe(exactQuotient(sum, count, 16));
  });
});

const contributor = (weight: number, ...values: number[]) => ({ weight, values: Int32Array.from(values) });
const steps = (values: Float64Array): number[] => Array.from(values, (value) => value / 256);

describe('combine', () => {
  it('weights the mean by what was learned from', () => {
    const contributions = [contributor(100, 10, -4, 0), contributor(300, 2, 0, 0)];
    expect(steps(combine(contributions, { kind: 'mean' }, 8))).toEqual([4, -1, 0]);
  });

  it('does not let a minority move the median', () => {
    const honest = [1, 2, 2, 3, 2].map((value) => contributor(1, value));
    const attackers = [contributor(1e6, -254), contributor(1e6, -254)];
    expect(steps(combine([...attackers, ...honest], { kind: 'median' }, 8))).toEqual([2]);
  });

  it('takes the mean of the two in the middle of an even number', () => {
    const contributions = [9, 1, 4, 1, 5, 90].map((value) => contributor(1, value));
    expect(steps(combine(contributions, { kind: 'median' }, 8))).toEqual([4.5]);
  });

  it('leaves out the extremes of a trimmed mean', () => {
    const contributions = [-200, 1, 2, 3, 200].map((value) => contributor(1, value));
    expect(steps(combine(contributions, { kind: 'trimmedMean', trim: 0.2 }, 8))).toEqual([2]);
    expect(steps(combine(contributions, { kind: 'trimmedMean', trim: 0.49 }, 8))).toEqual([2]);
  });

  it('stays within what the contributors did, whatever the rule', () => {
    const values = fc.array(fc.integer({ min: -254, max: 254 }), { minLength: 5, maxLength: 20 });
    const rules = fc.constantFrom(
      { kind: 'mean' } as const,
      { kind: 'median' } as const,
      { kind: 'trimmedMean', trim: 0.3 } as const,
    );
    fc.assert(
      fc.property(values, rules, (deltas, rule) => {
        const [moved = NaN] = steps(
          combine(
            deltas.map((delta) => contributor(1, delta)),
            rule,
            8,
          ),
        );
        expect(moved).toBeGreaterThanOrEqual(Math.min(...deltas));
        expect(moved).toBeLessThanOrEqual(Math.max(...deltas));
      }),
    );
  });

  it('falls back to the mean below five contributors', () => {
    expect(ruleFor({ kind: 'median' }, 4)).toEqual({ kind: 'mean' });
    expect(ruleFor({ kind: 'median' }, 5)).toEqual({ kind: 'median' });
  });
});
