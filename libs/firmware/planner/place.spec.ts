import fc from 'fast-check';
import type { Item } from './items';
import { Placer } from './place';
import { aligned } from './plan';
import { search, strategies } from './strategies';

const TIMES = 8;
const UNIT = 4;

/** An item that is alive from `first` on for `life` calls. */
const arbitraryItem = fc
  .record({
    bytes: fc.integer({ min: 1, max: 40 }),
    first: fc.nat(TIMES - 1),
    life: fc.integer({ min: 1, max: TIMES }),
  })
  .map(({ bytes, first, life }): Item => {
    const last = Math.min(TIMES - 1, first + life - 1);
    const spans = [{ first, last, low: 0, high: aligned(bytes) }];
    return { name: `${bytes}@${first}`, kind: 'activation', tensors: [], bytes, spans };
  });

/** An item that is filled and freed piece by piece, as rows of a map are. */
const arbitraryStaircase = fc
  .record({
    first: fc.nat(TIMES - 3),
    steps: fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 3 }),
  })
  .map(({ first, steps }): Item => {
    const spans = steps.map(([low, more], i) => ({
      first: first + i,
      last: first + i,
      low: UNIT * low,
      high: UNIT * (low + more + 1),
    }));
    return {
      name: `steps@${first}`,
      kind: 'activation',
      tensors: [],
      bytes: Math.max(...spans.map(({ high }) => high)),
      spans,
    };
  });

const boundOf = (items: readonly Item[]): number =>
  Math.max(...Array.from({ length: TIMES }, (_, time) => bytesAt(items, time)));

const spansAt = (item: Item, time: number) =>
  item.spans.filter(({ first, last }) => first <= time && time <= last);
const bytesAt = (items: readonly Item[], time: number): number =>
  items.flatMap((item) => spansAt(item, time)).reduce((sum, { low, high }) => sum + high - low, 0);

/** Does any byte belong to two items at one time? Checked byte by byte. */
function hasOverlap(items: readonly Item[], bases: readonly number[]): boolean {
  return Array.from({ length: TIMES }, (_, time) => time).some((time) => {
    const taken = new Set<number>();
    return items.some((item, index) =>
      spansAt(item, time).some(({ low, high }) => {
        for (let byte = low; byte < high; byte++) {
          const address = (bases[index] as number) + byte;
          if (taken.has(address)) return true;
          taken.add(address);
        }
        return false;
      }),
    );
  });
}

function permutations(count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return permutations(count - 1).flatMap((rest) =>
    Array.from({ length: count }, (_, at) => [...rest.slice(0, at), count - 1, ...rest.slice(at)]),
  );
}

/** The least peak of all orders: some order of first fit is optimal (that of the offsets of an optimal placement). */
const optimum = (items: readonly Item[]): number => {
  const placer = new Placer(items, 0);
  return Math.min(...permutations(items.length).map((order) => placer.place(order).peakBytes));
};

const find = (items: readonly Item[], tries = 300) =>
  search({ items, placer: new Placer(items, 0), lowerBoundBytes: boundOf(items) }, tries, 1);

describe('placement', () => {
  it('never lets two items have a byte at the same time, by any strategy', () => {
    const items = fc.array(fc.oneof(arbitraryItem, arbitraryStaircase), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(items, (list) => {
        const problem = { items: list, placer: new Placer(list, 0), lowerBoundBytes: boundOf(list) };
        for (const strategy of strategies(40, 1)) {
          expect(hasOverlap(list, strategy.search(problem, undefined).bases)).toBe(false);
        }
      }),
    );
  });

  it('is never below the largest live set, and meets the optimum of all orders on small cases', () => {
    fc.assert(
      fc.property(fc.array(arbitraryItem, { minLength: 1, maxLength: 5 }), (items) => {
        const { peakBytes } = find(items);
        expect(peakBytes).toBeGreaterThanOrEqual(boundOf(items));
        expect(peakBytes).toBe(optimum(items));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps everything above the floor and at multiples of four', () => {
    fc.assert(
      fc.property(fc.array(arbitraryItem, { minLength: 1, maxLength: 8 }), (items) => {
        const { bases } = new Placer(items, 64).place(items.map((_, i) => i));
        expect(bases.every((base) => base >= 64 && base % UNIT === 0)).toBe(true);
      }),
    );
  });

  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(fc.array(arbitraryItem, { minLength: 2, maxLength: 12 }), (items) => {
        expect(find(items, 50)).toEqual(find(items, 50));
      }),
    );
  });
});
