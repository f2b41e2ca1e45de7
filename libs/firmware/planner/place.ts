import { firstOf, type Item, type Items, lastOf, type Sharing, type Span } from './items';
import { aligned, ALIGNMENT } from './plan';

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

const NONE = -1;

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

const isFree = (distance: number, { down, up }: Clash): boolean => distance <= down || distance >= up;

/** The least distance from `distance` on that suits. */
function raised(distance: number, clash: Clash): number {
  if (isFree(distance, clash)) return distance;
  const { from, to, step, up } = clash;
  const within = Math.ceil(Math.max(distance, from) / step) * step;
  return within <= to && within < up ? within : up;
}

/** The largest distance down from `distance` that suits. */
function lowered(distance: number, clash: Clash): number {
  if (isFree(distance, clash)) return distance;
  const { from, to, step, down } = clash;
  const within = Math.floor(Math.min(distance, to) / step) * step;
  return within >= from && within > down ? within : down;
}

/** Positions of items in the list given to `Placer`. */
export type Order = readonly number[];

/** Where among the free places an item goes: the lowest, the highest, or the one that widens what is taken least. */
export type Fit = 'lowest' | 'highest' | 'tightest';

export interface Placement {
  readonly bases: readonly number[];
  readonly peakBytes: number;
}

/** What is taken so far: items by ascending base, and both ends. */
interface Taken {
  readonly bases: number[];
  readonly ascending: number[];
  low: number;
  high: number;
}

/** Places items one after the other where they meet none of those before them. */
export class Placer {
  private readonly clashes: readonly Clash[];
  /** clashNumbers[own * count + other]: position in `clashes`, NONE where the two may lie as they like. */
  private readonly clashNumbers: Int32Array;
  private readonly heights: readonly number[];
  private readonly grains: readonly number[];

  /**
   * @param floor bytes below which nothing is placed
   * @param grain least alignment of every item
   */
  constructor(
    { items, sharings }: Items,
    private readonly floor: number,
    grain = ALIGNMENT,
  ) {
    const clashes = clashesOf({ items, sharings });
    this.clashes = clashes.flat();
    this.clashNumbers = new Int32Array(items.length ** 2).fill(NONE);
    let number = 0;
    clashes.forEach((list, own) => {
      for (const { other } of list) this.clashNumbers[own * items.length + other] = number++;
    });
    this.heights = items.map(({ spans }) => Math.max(...spans.map(({ high }) => high)));
    this.grains = items.map(({ alignment }) => Math.max(alignment, grain));
  }

  place(order: Order, fit: Fit = 'lowest'): Placement {
    return this.placeWithin(order, fit, Infinity) as Placement;
  }

  /** Undefined, at once, where that takes more than `peakBytes`. */
  placeWithin(order: Order, fit: Fit, peakBytes: number): Placement | undefined {
    const most = peakBytes - this.floor;
    const taken: Taken = { bases: this.heights.map(() => 0), ascending: [], low: 0, high: 0 };
    for (const index of order) {
      const base = this.baseFor(index, taken, fit);
      const isHigher = (other: number): boolean => (taken.bases[other] as number) > base;
      const position = taken.ascending.findIndex(isHigher);
      taken.bases[index] = base;
      taken.ascending.splice(position < 0 ? taken.ascending.length : position, 0, index);
      taken.low = Math.min(taken.low, base);
      taken.high = Math.max(taken.high, base + (this.heights[index] as number));
      if (taken.high - taken.low > most) return undefined;
    }
    return this.settled(taken);
  }

  private baseFor(index: number, taken: Taken, fit: Fit): number {
    const height = this.heights[index] as number;
    if (fit === 'lowest') return this.rise(index, taken, 0);
    if (fit === 'highest') return this.sink(index, taken, -height);
    const { low, high } = taken;
    const above = this.rise(index, taken, low);
    if (above + height <= high) return above;
    const below = this.sink(index, taken, high - height);
    return low - below < above + height - high ? below : above;
  }

  /** Rises over whatever is in the way until nothing is: once through, unless distances must be multiples. */
  private rise(index: number, { bases, ascending }: Taken, start: number): number {
    const grain = this.grains[index] as number;
    const row = index * this.heights.length;
    let base = aligned(start, grain);
    for (let before = NaN; base !== before;) {
      before = base;
      for (const other of ascending) {
        const number = this.clashNumbers[row + other] as number;
        if (number === NONE) continue;
        const origin = bases[other] as number;
        const distance = raised(base - origin, this.clashes[number] as Clash);
        if (distance !== base - origin) base = aligned(origin + distance, grain);
      }
    }
    return base;
  }

  private sink(index: number, { bases, ascending }: Taken, start: number): number {
    const grain = this.grains[index] as number;
    const row = index * this.heights.length;
    let base = Math.floor(start / grain) * grain;
    for (let before = NaN; base !== before;) {
      before = base;
      for (let position = ascending.length - 1; position >= 0; position--) {
        const other = ascending[position] as number;
        const number = this.clashNumbers[row + other] as number;
        if (number === NONE) continue;
        const origin = bases[other] as number;
        const distance = lowered(base - origin, this.clashes[number] as Clash);
        if (distance !== base - origin) base = Math.floor((origin + distance) / grain) * grain;
      }
    }
    return base;
  }

  /** Everything moved together so that it begins at the floor. */
  private settled({ bases, ascending: [first] }: Taken): Placement {
    const lowest = first === undefined ? this.floor : (bases[first] as number);
    const shift = this.floor - Math.floor(lowest / ALIGNMENT) * ALIGNMENT;
    const moved = bases.map((base) => base + shift);
    const peak = moved.reduce(
      (most, base, index) => Math.max(most, base + (this.heights[index] as number)),
      this.floor,
    );
    return { bases: moved, peakBytes: aligned(peak) };
  }
}
