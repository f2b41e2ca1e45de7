import fc from 'fast-check';
import { firstOf, type Item, type Items, lastOf, type Sharing } from './items';
import { ExactSearch } from './exact';
import { Placer } from './place';
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
    const spans = [{ first, last, low: 0, high: bytes }];
    return { name: `${bytes}@${first}`, kind: 'activation', tensors: [], bytes, alignment: 1, spans };
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
      alignment: UNIT,
      spans,
    };
  });

const apart = (items: readonly Item[]): Items => ({ items, sharings: [] });

/** Items of one span, some pairs of which may overlap where the one ends and the other begins. */
const arbitrarySharing = fc
  .tuple(
    fc.array(arbitraryItem, { minLength: 2, maxLength: 10 }),
    fc.array(
      fc.record({ atMost: fc.integer({ min: -40, max: 12 }), multipleOf: fc.constantFrom(1, 1, 2, 3, 5) }),
    ),
  )
  .map(([items, reaches]): Items => {
    const pairs = items.flatMap((a, operand) =>
      items.flatMap((b, output) =>
        a !== b && lastOf(a) === firstOf(b) && firstOf(a) < lastOf(a)
          ? [{ operand, output, time: firstOf(b) }]
          : [],
      ),
    );
    const alone = pairs.filter(
      ({ operand, output }, i) =>
        pairs.findIndex((pair) => pair.operand === operand) === i &&
        !pairs.slice(0, i).some((pair) => pair.output === output),
    );
    const sharings = alone.flatMap((pair, i): readonly Sharing[] =>
      reaches[i] ? [{ ...pair, ...reaches[i] }] : [],
    );
    return { items, sharings };
  });

const boundOf = (items: readonly Item[]): number =>
  UNIT * Math.ceil(Math.max(...Array.from({ length: TIMES }, (_, time) => bytesAt(items, time))) / UNIT);

const spansAt = (item: Item, time: number) =>
  item.spans.filter(({ first, last }) => first <= time && time <= last);
const bytesAt = (items: readonly Item[], time: number): number =>
  items.flatMap((item) => spansAt(item, time)).reduce((sum, { low, high }) => sum + high - low, 0);

/** Does any byte belong to two items at one time, unless the two may share? Checked byte by byte. */
function hasOverlap({ items, sharings }: Items, bases: readonly number[]): boolean {
  const distance = (a: number, b: number): number => bases[b]! - bases[a]!;
  const mayShare = (a: number, b: number): boolean =>
    sharings.some(
      ({ operand, output, atMost, multipleOf }) =>
        operand === a && output === b && distance(a, b) <= atMost && distance(a, b) % multipleOf === 0,
    );
  return Array.from({ length: TIMES }, (_, time) => time).some((time) => {
    const owners = new Map<number, number>();
    return items.some((item, index) =>
      spansAt(item, time).some(({ low, high }) => {
        for (let byte = low; byte < high; byte++) {
          const owner = owners.get(bases[index]! + byte);
          if (owner !== undefined && !mayShare(owner, index) && !mayShare(index, owner)) return true;
          owners.set(bases[index]! + byte, index);
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
  const placer = new Placer(apart(items), 0);
  return Math.min(...permutations(items.length).map((order) => placer.place(order).peakBytes));
};

const problemOf = (items: Items, lowerBoundBytes: number) => ({
  items: items.items,
  placer: new Placer(items, 0),
  lowerBoundBytes,
});
const find = (items: readonly Item[], tries = 300) =>
  search(problemOf(apart(items), boundOf(items)), tries, 1);

describe('placement', () => {
  it('never lets two items have a byte at the same time that they may not share, by any strategy', () => {
    const separate = fc
      .array(fc.oneof(arbitraryItem, arbitraryStaircase), { minLength: 1, maxLength: 14 })
      .map(apart);
    fc.assert(
      fc.property(fc.oneof(separate, arbitrarySharing), (items) => {
        for (const strategy of strategies(40, 1)) {
          const { bases } = strategy.search(problemOf(items, 0), undefined);
          expect(hasOverlap(items, bases)).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is never below the largest live set, and meets the optimum of all orders on small cases', () => {
    fc.assert(
      fc.property(fc.array(arbitraryItem, { minLength: 1, maxLength: 5 }), (items) => {
        const { peakBytes } = find(items);
        expect(peakBytes).toBeGreaterThanOrEqual(boundOf(items));
        expect(peakBytes).toBeLessThanOrEqual(optimum(items));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps everything above the floor and at multiples of four, in every fit', () => {
    fc.assert(
      fc.property(fc.array(arbitraryItem, { minLength: 1, maxLength: 8 }), (items) => {
        for (const fit of ['lowest', 'highest', 'tightest'] as const) {
          const { bases } = new Placer(apart(items), 64).place(
            items.map((_, i) => i),
            fit,
          );
          expect(bases.every((base) => base >= 64 && base % UNIT === 0)).toBe(true);
        }
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

/** The exhaustive search against trying every base of every item. */
describe('the exhaustive search', () => {
  const few = arbitrarySharing
    .filter(({ items }) => items.length <= 4)
    .map(({ items, sharings }): Items => ({
      items: items.map((item) => {
        const bytes = 1 + (item.bytes % 5);
        return { ...item, bytes, spans: item.spans.map((span) => ({ ...span, high: bytes })) };
      }),
      sharings: sharings.map((sharing) => ({ ...sharing, atMost: Math.round(sharing.atMost / 8) })),
    }));

  function exists(items: Items, bytes: number, bases: readonly number[] = []): boolean {
    const item = items.items[bases.length];
    if (!item) return !hasOverlap(items, bases);
    const choices = Array.from({ length: Math.max(0, bytes - item.bytes + 1) }, (_, base) => base);
    return choices.some((base) => exists(items, bytes, [...bases, base]));
  }

  it('finds a placement where there is one, and none where there is none', () => {
    const answers = new Map<string, number>();
    fc.assert(
      fc.property(few, fc.integer({ min: 3, max: 9 }), (items, bytes) => {
        const answer = new ExactSearch(items, { looks: 1_000_000 }).within(bytes);
        answers.set(answer.is, (answers.get(answer.is) ?? 0) + 1);
        if (answer.is === 'found') expect(hasOverlap(items, answer.bases)).toBe(false);
        if (answer.is !== 'unknown') expect(answer.is === 'found').toBe(exists(items, bytes));
      }),
      { numRuns: 300 },
    );
    expect(answers.get('found')).toBeGreaterThan(30);
    expect(answers.get('impossible')).toBeGreaterThan(30);
    expect(answers.get('unknown') ?? 0).toBeLessThan(10);
  });

  it('says so when its budget is used up', () => {
    const item = (bytes: number): Item => ({
      name: '',
      kind: 'activation',
      tensors: [],
      bytes,
      alignment: 1,
      spans: [{ first: 0, last: 0, low: 0, high: bytes }],
    });
    const items = apart([3, 4, 5, 6, 7].map(item));
    expect(new ExactSearch(items, { looks: 1 }).within(25)).toEqual({ is: 'unknown' });
    expect(new ExactSearch(items, { looks: 100_000 }).within(25)).toMatchObject({ is: 'found' });
    expect(new ExactSearch(items, { looks: 1_000_000 }).within(24)).toEqual({ is: 'impossible' });
  });
});
