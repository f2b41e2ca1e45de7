import { clashesOf, type ClashTable, clashTable, NO_CLASH } from './clashes';
import type { Items } from './items';
import { aligned, ALIGNMENT } from './plan';

/** Positions of items in the list given to `Placer`. */
export type Order = readonly number[];

/** Where among the free places an item goes: the lowest, the highest, or the one that widens what is taken least. */
export type Fit = 'lowest' | 'highest' | 'tightest';

export interface Placement {
  readonly bases: readonly number[];
  readonly peakBytes: number;
}

/** Places items one after the other where they meet none of those before them. */
export class Placer {
  private readonly heights: Float64Array;
  private readonly grains: Float64Array;
  /** Of what is placed so far: bases, items by ascending base, how many, and both ends. */
  private readonly bases: Float64Array;
  private readonly ascending: Int32Array;
  private placed = 0;
  private low = 0;
  private high = 0;

  /**
   * @param floor bytes below which nothing is placed
   * @param grain least alignment of every item
   * @param table of the items' clashes, for whoever has it already
   */
  constructor(
    all: Items,
    private readonly floor: number,
    grain = ALIGNMENT,
    private readonly table: ClashTable = clashTable(clashesOf(all)),
  ) {
    const { items } = all;
    this.heights = Float64Array.from(items, ({ spans }) => Math.max(...spans.map(({ high }) => high)));
    this.grains = Float64Array.from(items, ({ alignment }) => Math.max(alignment, grain));
    this.bases = new Float64Array(items.length);
    this.ascending = new Int32Array(items.length);
  }

  place(order: Order, fit: Fit = 'lowest'): Placement {
    return this.placeWithin(order, fit, Infinity) as Placement;
  }

  /** Undefined, at once, where that takes more than `peakBytes`. */
  placeWithin(order: Order, fit: Fit, peakBytes: number): Placement | undefined {
    const most = peakBytes - this.floor;
    this.bases.fill(0);
    [this.placed, this.low, this.high] = [0, 0, 0];
    for (const index of order) {
      const base = this.baseFor(index, fit);
      this.insert(index, base);
      this.low = Math.min(this.low, base);
      this.high = Math.max(this.high, base + (this.heights[index] as number));
      if (this.high - this.low > most) return undefined;
    }
    return this.settled();
  }

  /** Behind those of the same base. */
  private insert(index: number, base: number): void {
    const { bases, ascending } = this;
    let position = this.placed++;
    for (; position > 0; position--) {
      const before = ascending[position - 1] as number;
      if ((bases[before] as number) <= base) break;
      ascending[position] = before;
    }
    ascending[position] = index;
    bases[index] = base;
  }

  private baseFor(index: number, fit: Fit): number {
    const height = this.heights[index] as number;
    if (fit === 'lowest') return this.rise(index, 0);
    if (fit === 'highest') return this.sink(index, -height);
    const { low, high } = this;
    const above = this.rise(index, low);
    if (above + height <= high) return above;
    const below = this.sink(index, high - height);
    return low - below < above + height - high ? below : above;
  }

  /** Rises over whatever is in the way until nothing is: once through, unless distances must be multiples. */
  private rise(index: number, start: number): number {
    const { ascending, bases, placed } = this;
    const { numbers, count, down, up } = this.table;
    const grain = this.grains[index] as number;
    const row = index * count;
    let base = aligned(start, grain);
    for (let before = NaN; base !== before;) {
      before = base;
      for (let position = 0; position < placed; position++) {
        const other = ascending[position] as number;
        const number = numbers[row + other] as number;
        if (number === NO_CLASH) continue;
        const origin = bases[other] as number;
        const distance = base - origin;
        if (distance <= (down[number] as number) || distance >= (up[number] as number)) continue;
        const raised = this.raised(distance, number);
        if (raised !== distance) base = aligned(origin + raised, grain);
      }
    }
    return base;
  }

  private sink(index: number, start: number): number {
    const { ascending, bases, placed } = this;
    const { numbers, count, down, up } = this.table;
    const grain = this.grains[index] as number;
    const row = index * count;
    let base = Math.floor(start / grain) * grain;
    for (let before = NaN; base !== before;) {
      before = base;
      for (let position = placed - 1; position >= 0; position--) {
        const other = ascending[position] as number;
        const number = numbers[row + other] as number;
        if (number === NO_CLASH) continue;
        const origin = bases[other] as number;
        const distance = base - origin;
        if (distance <= (down[number] as number) || distance >= (up[number] as number)) continue;
        const lowered = this.lowered(distance, number);
        if (lowered !== distance) base = Math.floor((origin + lowered) / grain) * grain;
      }
    }
    return base;
  }

  /** The least distance from `distance`, at which the two clash, on that suits. */
  private raised(distance: number, number: number): number {
    const { from, to, step, up } = this.table;
    const multiple = step[number] as number;
    const above = up[number] as number;
    const within = Math.ceil(Math.max(distance, from[number] as number) / multiple) * multiple;
    return within <= (to[number] as number) && within < above ? within : above;
  }

  /** The largest distance down from `distance`, at which the two clash, that suits. */
  private lowered(distance: number, number: number): number {
    const { from, to, step, down } = this.table;
    const multiple = step[number] as number;
    const below = down[number] as number;
    const within = Math.floor(Math.min(distance, to[number] as number) / multiple) * multiple;
    return within >= (from[number] as number) && within > below ? within : below;
  }

  /** Everything moved together so that it begins at the floor. */
  private settled(): Placement {
    const lowest = this.placed === 0 ? this.floor : (this.bases[this.ascending[0] as number] as number);
    const shift = this.floor - Math.floor(lowest / ALIGNMENT) * ALIGNMENT;
    const bases = Array.from(this.bases, (base) => base + shift);
    const peak = bases.reduce(
      (most, base, index) => Math.max(most, base + (this.heights[index] as number)),
      this.floor,
    );
    return { bases, peakBytes: aligned(peak) };
  }
}
