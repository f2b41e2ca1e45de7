import fc from 'fast-check';
import { hash32, layerKey, Rng, shufflePass, weightDraw } from '.';

describe('the counter hash (NUMERICS N8)', () => {
  it('is a bijection of uint32, as far as 100,000 values show', () => {
    const seen = new Set(Array.from({ length: 100_000 }, (_, i) => hash32(i * 40_503)));
    expect(seen.size).toBe(100_000);
  });

  it('gives two weights the halves of one word', () => {
    const key = layerKey(305419896, 3, 9);
    const word = hash32((key + 5) >>> 0);
    expect([weightDraw(key, 10), weightDraw(key, 11)]).toEqual([word & 0xffff, word >>> 16]);
  });

  it('has no bias that would show in 65,536 draws', () => {
    const key = layerKey(1, 2, 3);
    let sum = 0;
    for (let i = 0; i < 65_536; i++) sum += weightDraw(key, i);
    expect(Math.abs(sum / 65_536 - 32_767.5)).toBeLessThan(400); // 5 standard errors of the mean: 370
  });
});

describe('the order of samples (NUMERICS N9)', () => {
  it('is a permutation that depends on seed, pass and the order before', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(20), fc.integer({ min: 1, max: 50 }), (seed, pass, count) => {
        const order = Array.from({ length: count }, (_, i) => i);
        shufflePass(order, seed, pass);
        const again = Array.from({ length: count }, (_, i) => i);
        shufflePass(again, seed, pass);
        expect(order).toEqual(again);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });
});

describe('a seeded generator', () => {
  it('repeats itself for a seed and stays below its bound', () => {
    const [a, b] = [new Rng(7), new Rng(7)];
    for (let i = 0; i < 1000; i++) {
      const draw = a.below(10);
      expect(draw).toBe(b.below(10));
      expect(draw).toBeLessThan(10);
    }
  });
});
