import { affineForm, requantised, type Requantisation, type SumRange } from '#libs/model/quant';
import { Draws } from '#test/support/draws';
import { multiplyByQuantizedMultiplier } from './fixed-point';

const clamped = (value: number): number => Math.min(127, Math.max(-128, value));

/** What the processor computes, in exact integers. */
function computed(sum: number, form: NonNullable<ReturnType<typeof affineForm>>): number {
  const scaled = Math.imul(sum, form.factor) + form.addend;
  return clamped(Number((BigInt(scaled | 0) * BigInt(form.multiplier)) >> 48n));
}

const wrongSums = (by: Requantisation, range: SumRange, grain: number): readonly number[] => {
  const form = affineForm(by, range, grain);
  if (!form) return [NaN];
  expect(form.factor % grain).toBe(0);
  const sums = Array.from({ length: range.highest - range.lowest + 1 }, (_, i) => range.lowest + i);
  return sums.filter((sum) => computed(sum, form) !== requantised(sum + by.offset, by));
};

describe('requantisation as one affine form', () => {
  it('starts from what the reference computes', () => {
    const by = { offset: 0, multiplier: 1_503_238_553, shift: -7, zeroPoint: -128 };
    for (let sum = -70_000; sum < 70_000; sum += 7) {
      const exact = multiplyByQuantizedMultiplier(sum, by.multiplier, by.shift) + by.zeroPoint;
      expect(requantised(sum, by)).toBe(clamped(exact));
    }
  });

  it.each([1, 256])('is right for every sum that can occur (factors in steps of %i)', (grain) => {
    const draws = new Draws(5);
    let solved = 0;
    for (let i = 0; i < 24; i++) {
      const by = {
        offset: draws.between(-10_000, 10_000),
        multiplier: draws.between(2 ** 30, 2 ** 31 - 1),
        shift: draws.between(-9, -5),
        zeroPoint: -128,
      };
      const range = { lowest: -draws.between(1, 60_000), highest: draws.between(1, 60_000) };
      const wrong = wrongSums(by, range, grain);
      if (Number.isNaN(wrong[0])) continue;
      solved++;
      expect(wrong).toEqual([]);
    }
    expect(solved).toBeGreaterThan(20);
  });

  it('gives a channel whose output never changes a constant', () => {
    const by = { offset: -100_000, multiplier: 2 ** 30, shift: -6, zeroPoint: -128 };
    expect(affineForm(by, { lowest: -300, highest: 300 })?.factor).toBe(0);
    expect(wrongSums(by, { lowest: -300, highest: 300 }, 1)).toEqual([]);
  });

  it('says that there is none where negative values are rounded away from zero', () => {
    const by = { offset: 3, multiplier: 1_234_567_891, shift: -7, zeroPoint: 4 };
    expect(affineForm(by, { lowest: -30_000, highest: 30_000 })).toBeUndefined();
  });

  it('and where a word would not hold the scaled sums', () => {
    const by = { offset: 0, multiplier: 2 ** 30, shift: 0, zeroPoint: -128 };
    expect(affineForm(by, { lowest: -(2 ** 20), highest: 2 ** 20 })).toBeUndefined();
  });
});
