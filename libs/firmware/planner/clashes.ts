import { firstOf, type Item, type Items, lastOf, type Sharing, type Span } from './items';

/**
 * Where an item may lie beside `other`, as distances own.base - other.base: up to `down`, from `up` on, and between the two
 * at multiples of `step` from `from` to `to` (an output over its dying operand).
 */
export interface Clash {
  readonly other: number;
  readonly down: number;
  readonly up: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const NOWHERE = { from: Infinity, to: -Infinity, step: 1 };

/** What keeps `beside` and an item apart, if they ever live together, seen from `beside`: its base less the item's. */
function clashOf(beside: Item, item: Item): Pick<Clash, 'down' | 'up'> | undefined {
  if (firstOf(beside) > lastOf(item) || firstOf(item) > lastOf(beside)) return undefined;
  let clash: { down: number; up: number } | undefined;
  let [i, j] = [0, 0];
  while (i < beside.spans.length && j < item.spans.length) {
    const [own, other] = [beside.spans[i] as Span, item.spans[j] as Span];
    if (own.first <= other.last && other.first <= own.last) {
      clash ??= { down: Infinity, up: -Infinity };
      clash.down = Math.min(clash.down, other.low - own.high);
      clash.up = Math.max(clash.up, other.high - own.low);
    }
    if (own.last < other.last) i++;
    else j++;
  }
  return clash;
}

/** For every item, what it must heed. */
export function clashesOf({ items, sharings }: Items): readonly (readonly Clash[])[] {
  const key = (operand: number, output: number): number => operand * items.length + output;
  const shared = new Map(sharings.map((sharing) => [key(sharing.operand, sharing.output), sharing]));
  const clashes: Clash[][] = items.map(() => []);
  items.forEach((first, i) => {
    for (let j = i + 1; j < items.length; j++) {
      const apart = clashOf(items[j] as Item, first);
      if (!apart) continue;
      const as = allowance(shared.get(key(i, j)), shared.get(key(j, i)));
      clashes[j]?.push({ other: i, ...apart, ...as });
      clashes[i]?.push({ other: j, ...mirrored({ ...apart, ...as }) });
    }
  });
  return clashes;
}

/** @param below the later item is the output @param above it is the operand */
function allowance(
  below: Sharing | undefined,
  above: Sharing | undefined,
): Pick<Clash, 'from' | 'to' | 'step'> {
  if (below) return { from: below.atLeast ?? -Infinity, to: below.atMost, step: below.multipleOf };
  return above ? { from: -above.atMost, to: -(above.atLeast ?? -Infinity), step: above.multipleOf } : NOWHERE;
}

const mirrored = ({ down, up, from, to, step }: Omit<Clash, 'other'>): Omit<Clash, 'other'> => ({
  down: -up,
  up: -down,
  from: -to,
  to: -from,
  step,
});

/** All clashes as columns of numbers: placement looks at them millions of times. */
export interface ClashTable {
  readonly count: number;
  /** numbers[own * count + other]: row of the columns, `NO_CLASH` where the two may lie as they like. */
  readonly numbers: Int32Array;
  readonly down: Float64Array;
  readonly up: Float64Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly step: Float64Array;
}

export const NO_CLASH = -1;

export function clashTable(clashes: readonly (readonly Clash[])[]): ClashTable {
  const count = clashes.length;
  const all = clashes.flat();
  const numbers = new Int32Array(count ** 2).fill(NO_CLASH);
  let number = 0;
  clashes.forEach((list, own) => {
    for (const { other } of list) numbers[own * count + other] = number++;
  });
  const column = (of: (clash: Clash) => number): Float64Array => Float64Array.from(all, of);
  return {
    count,
    numbers,
    down: column(({ down }) => down),
    up: column(({ up }) => up),
    from: column(({ from }) => from),
    to: column(({ to }) => to),
    step: column(({ step }) => step),
  };
}
