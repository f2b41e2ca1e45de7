/**
 * Looks for a placement below a given size through all possibilities, so that finding none is a proof.
 *
 * 1. Every item has a range of possible bases, at first the whole arena.
 * 2. Two items that live together lie in one of up to three ways: the one below the other, above it, or (an output and its
 *    dying operand) overlapping. Each way is one or two inequalities between the bases.
 * 3. Ways that the ranges exclude are struck out; a pair with one way left takes it, and its inequalities narrow the ranges
 *    of others. A pair with none ends the branch.
 * 4. Otherwise the pair with the fewest ways (then the most bytes) tries each in turn. When all pairs are decided, every
 *    item at its lowest base is a placement.
 *
 * How many pairs are looked at is limited; beyond that the answer is `unknown`. A pair that must keep a multiple of a pixel may miss
 * it at the lowest bases; then items are raised, and if that fails the branch counts as not looked into.
 */
import type { Item, Items } from './items';
import { type Clash, clashesOf } from './clashes';

/** What is left of the search, in pairs and inequalities that are looked at. */
export interface Budget {
  looks: number;
}

export type Exact =
  | { readonly is: 'found'; readonly bases: readonly number[] }
  | { readonly is: 'impossible' }
  | { readonly is: 'unknown' };

/** own.base - other.base lies in [least, most] and is a multiple of `step`. */
interface Way {
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

interface Pair {
  readonly own: number;
  readonly other: number;
  readonly bytes: number;
  readonly ways: readonly Way[];
}

/** own.base - other.base >= least. */
interface Inequality {
  readonly own: number;
  readonly other: number;
  readonly least: number;
}

/** What a branch has settled. */
interface Branch {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly open: readonly Pair[];
  readonly inequalities: readonly Inequality[];
  readonly steps: readonly (Inequality & { readonly step: number })[];
}

function waysOf({ down, up, from, to, step }: Clash): readonly Way[] {
  const below = { least: -Infinity, most: down, step: 1 };
  const above = { least: up, most: Infinity, step: 1 };
  const within = { least: Math.max(from, down + 1), most: Math.min(to, up - 1), step };
  if (within.least > within.most) return [below, above];
  if (step > 1 || (Number.isFinite(from) && Number.isFinite(to))) return [below, within, above];
  if (from === -Infinity) return to >= up - 1 ? [] : [{ ...below, most: to }, above];
  return from <= down + 1 ? [] : [below, { ...above, least: from }];
}

function pairsOf({ items }: Items, all: readonly (readonly Clash[])[]): readonly Pair[] {
  const bytesOf = (index: number): number => (items[index] as Item).bytes;
  return all.flatMap((clashes, own) =>
    clashes.flatMap((clash) => {
      const ways = clash.other < own ? waysOf(clash) : [];
      const bytes = bytesOf(own) + bytesOf(clash.other);
      return ways.length === 0 ? [] : [{ own, other: clash.other, bytes, ways }];
    }),
  );
}

const raisedTo = (value: number, step: number): number => Math.ceil(value / step) * step;
const loweredTo = (value: number, step: number): number => Math.floor(value / step) * step;

export class ExactSearch {
  private readonly pairs: readonly Pair[];
  private readonly items: readonly Item[];
  private hasMissed = false;

  /** @param clashes of the items, for whoever has them already */
  constructor(
    items: Items,
    private readonly budget: Budget,
    clashes: readonly (readonly Clash[])[] = clashesOf(items),
  ) {
    this.items = items.items;
    this.pairs = pairsOf(items, clashes);
  }

  /** Is there a placement within [0, bytes)? */
  within(bytes: number): Exact {
    const low = new Float64Array(this.items.length);
    const high = Float64Array.from(this.items, (item) => loweredTo(bytes - item.bytes, item.alignment));
    if (high.some((most) => most < 0)) return { is: 'impossible' };
    this.hasMissed = false;
    const stack: Branch[] = [{ low, high, open: this.pairs, inequalities: [], steps: [] }];
    while (stack.length > 0) {
      if (this.budget.looks <= 0) return { is: 'unknown' };
      const bases = this.follow(stack.pop() as Branch, stack);
      if (bases) return { is: 'found', bases };
    }
    return { is: this.hasMissed || this.budget.looks <= 0 ? 'unknown' : 'impossible' };
  }

  /** Strikes out what is excluded; a placement if all is decided, otherwise the branches of one pair go on the stack. */
  private follow(branch: Branch, stack: Branch[]): readonly number[] | undefined {
    let current = branch;
    for (;;) {
      this.budget.looks -= 1 + current.open.length;
      const next = this.decided(current);
      if (!next) return undefined;
      if (next.open.length === 0) return this.placement(next);
      const isSettled = next.open.length === current.open.length;
      current = next;
      if (isSettled) break;
    }
    const pair = current.open.reduce((best, each) =>
      each.ways.length < best.ways.length ||
      (each.ways.length === best.ways.length && each.bytes > best.bytes)
        ? each
        : best,
    );
    const open = current.open.filter((each) => each !== pair);
    for (const way of pair.ways.toReversed()) {
      const chosen = this.chosen({ ...current, open }, pair, way);
      if (chosen) stack.push(chosen);
    }
    return undefined;
  }

  /** Pairs with one possible way take it; undefined if one has none. */
  private decided(branch: Branch): Branch | undefined {
    const open: Pair[] = [];
    let current = branch;
    for (const pair of branch.open) {
      const { low, high } = current;
      const least = (low[pair.own] as number) - (high[pair.other] as number);
      const most = (high[pair.own] as number) - (low[pair.other] as number);
      if (pair.ways.some((way) => way.step === 1 && way.least <= least && most <= way.most)) continue;
      const ways = pair.ways.filter((way) => way.least <= most && least <= way.most);
      const [only] = ways;
      if (!only) return undefined;
      if (ways.length > 1) {
        open.push(ways.length === pair.ways.length ? pair : { ...pair, ways });
        continue;
      }
      const chosen = this.chosen(current, pair, only);
      if (!chosen) return undefined;
      current = chosen;
    }
    return { ...current, open };
  }

  private chosen(branch: Branch, { own, other }: Pair, way: Way): Branch | undefined {
    const inequalities = [...branch.inequalities];
    const least = raisedTo(way.least, way.step);
    const most = loweredTo(way.most, way.step);
    if (least !== -Infinity) inequalities.push({ own, other, least });
    if (most !== Infinity) inequalities.push({ own: other, other: own, least: -most });
    const steps = way.step > 1 ? [...branch.steps, { own, other, least, step: way.step }] : branch.steps;
    return this.narrowed({
      ...branch,
      low: branch.low.slice(),
      high: branch.high.slice(),
      inequalities,
      steps,
    });
  }

  /** Applies inequalities to the ranges until nothing moves; undefined if a range is empty, or the budget. */
  private narrowed(branch: Branch): Branch | undefined {
    const { low, high, inequalities } = branch;
    for (let moves = true; moves;) {
      moves = false;
      this.budget.looks -= inequalities.length;
      if (this.budget.looks <= 0) return undefined;
      for (const { own, other, least } of inequalities) {
        const up = raisedTo((low[other] as number) + least, (this.items[own] as Item).alignment);
        const down = loweredTo((high[own] as number) - least, (this.items[other] as Item).alignment);
        if (up > (low[own] as number)) [low[own], moves] = [up, true];
        if (down < (high[other] as number)) [high[other], moves] = [down, true];
        if ((low[own] as number) > (high[own] as number)) return undefined;
        if ((low[other] as number) > (high[other] as number)) return undefined;
      }
    }
    return branch;
  }

  /** The lowest bases, raised where a distance misses its multiple. */
  private placement(branch: Branch): readonly number[] | undefined {
    let current: Branch | undefined = { ...branch, low: branch.low.slice(), high: branch.high.slice() };
    for (let rounds = 0; current && rounds < 4 * this.items.length; rounds++) {
      const { low, steps }: Branch = current;
      const distance = ({ own, other }: Inequality): number => (low[own] as number) - (low[other] as number);
      const missed = steps.find((each) => distance(each) % each.step !== 0);
      if (!missed) return [...low];
      low[missed.own] = (low[missed.other] as number) + raisedTo(distance(missed), missed.step);
      current = this.narrowed(current);
    }
    this.hasMissed = true;
    return undefined;
  }
}
