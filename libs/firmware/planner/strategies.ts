import { at } from '#libs/base/result';
import { Rng } from '#libs/base/rng';
import { firstOf, type Item, lastOf } from './items';
import type { Fit, Order, Placement, Placer } from './place';
import { ALIGNMENT } from './plan';

export interface Problem {
  readonly items: readonly Item[];
  readonly placer: Placer;
  readonly lowerBoundBytes: number;
}

export interface Found extends Placement {
  readonly order: Order;
  readonly fit: Fit;
  readonly strategy: string;
}

/** A way to find a good placement. All share one signature; the first that meets the bound ends the search. */
export interface Strategy {
  readonly name: string;
  /** @param best of the strategies before */
  search(problem: Problem, best: Found | undefined): Found;
}

const FITS: readonly Fit[] = ['lowest', 'tightest', 'highest'];

const lifeOf = (item: Item): number => 1 + lastOf(item) - firstOf(item);

function orderBy(items: readonly Item[], rank: (item: Item) => number): Order {
  const ranks = items.map(rank);
  return items.map((_, index) => index).sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b);
}

/** One order, placed in each way. */
const ordered = (name: string, orderOf: (items: readonly Item[]) => Order): Strategy => ({
  name,
  search: ({ items, placer }) => {
    const order = orderOf(items);
    const found = FITS.map((fit) => ({
      ...placer.place(order, fit),
      order,
      fit,
      strategy: `${name}, ${fit}`,
    }));
    return found.reduce((best, each) => (each.peakBytes < best.peakBytes ? each : best));
  },
});

const ranked = (name: string, rank: (item: Item) => number): Strategy =>
  ordered(name, (items) => orderBy(items, rank));

const bySize = ranked('size', (item) => -item.bytes);

/** Of all calls: what lives longer is kept for the backward half, and much else comes and goes meanwhile. */
const KEPT = 0.3;

/** What is kept lies together, what is kept longest outermost; the rest by size. */
function keptFirst(items: readonly Item[]): Order {
  const calls = items.reduce((most, item) => Math.max(most, 1 + lastOf(item)), 0);
  const isKept = (item: Item): boolean => lifeOf(item) > KEPT * calls;
  const least = -Math.max(0, ...items.map(({ bytes }) => bytes));
  return orderBy(items, (item) => (isKept(item) ? least - lifeOf(item) : -item.bytes));
}

function swapped(order: Order, a: number, b: number): Order {
  const next = [...order];
  [next[a], next[b]] = [at(order, b), at(order, a)];
  return next;
}

/** Items before `to` keep their positions, those from there on make way. */
function moved(order: Order, from: number, to: number): Order {
  const next = [...order];
  const [item] = next.splice(from, 1);
  next.splice(to, 0, item as number);
  return next;
}

/** Positions of items that stick out at an end at which the fit lets what is taken grow. */
function outermost({ order, bases, peakBytes, fit }: Found, items: readonly Item[]): readonly number[] {
  const lowest = bases.reduce((least, base) => Math.min(least, base), Infinity);
  const isLow = (index: number): boolean => at(bases, index) < lowest + ALIGNMENT;
  const isHigh = (index: number): boolean =>
    at(bases, index) + at(items, index).bytes > peakBytes - ALIGNMENT;
  const outer: number[] = [];
  order.forEach((index, position) => {
    if ((fit !== 'lowest' && isLow(index)) || (fit !== 'highest' && isHigh(index))) outer.push(position);
  });
  return outer;
}

/** From whole life to whole life: when items are first and last there. */
interface Lives {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

const livesOf = (items: readonly Item[]): Lives => ({
  first: Int32Array.from(items, firstOf),
  last: Int32Array.from(items, lastOf),
});

/** Positions of all that are ever there together with the one at `from`. */
function metBy(order: Order, from: number, { first, last }: Lives): readonly number[] {
  const own = at(order, from);
  const [begin, end] = [at(first, own), at(last, own)];
  const met: number[] = [];
  order.forEach((index, position) => {
    const isMet = (first[index] as number) <= end && begin <= (last[index] as number);
    if (isMet && position !== from) met.push(position);
  });
  return met;
}

/** Any two change places; or what sticks out goes earlier, or changes places with something that it meets; or that goes elsewhere. */
function changed(found: Found, items: readonly Item[], lives: Lives, rng: Rng): Order {
  const { order } = found;
  if (rng.below(3) === 0) return swapped(order, rng.below(order.length), rng.below(order.length));
  const outer = outermost(found, items);
  const from = outer[rng.below(outer.length)] ?? rng.below(order.length);
  const met = metBy(order, from, lives);
  const way = met.length === 0 ? 0 : rng.below(4);
  if (way === 0) return moved(order, from, rng.below(from + 1));
  const other = at(met, rng.below(met.length));
  if (way === 1) return swapped(order, from, other);
  return way === 2
    ? moved(order, other, rng.below(order.length))
    : swapped(order, other, at(met, rng.below(met.length)));
}

/** A try takes about as many steps as there are pairs of items; all tries together no more than this, however many are allowed. */
const MOST_STEPS = 15_000_000;

/** Starts from the best order so far and changes it a little at a time, keeping what is not worse; each fit has its turn. */
const randomChanges = (tries: number, seed: number): Strategy => ({
  name: 'random changes',
  search: (problem, best) => {
    const { items, placer, lowerBoundBytes } = problem;
    const start = best ?? bySize.search(problem, undefined);
    const lives = livesOf(items);
    let least = start;
    const triesOfFit = Math.min(tries, MOST_STEPS / items.length ** 2) / FITS.length;
    for (const fit of FITS) {
      // Of their own, so that more tries find nothing worse.
      const rng = new Rng(seed);
      let current: Found = { ...start, ...placer.place(start.order, fit), fit };
      for (let i = 0; i < triesOfFit && least.peakBytes > lowerBoundBytes; i++) {
        const order = changed(current, items, lives, rng);
        const placement = placer.placeWithin(order, fit, current.peakBytes);
        if (!placement || placement.peakBytes > current.peakBytes) continue;
        current = { ...placement, order, fit, strategy: `random changes, ${fit}` };
        if (current.peakBytes < least.peakBytes) least = current;
      }
    }
    return least;
  },
});

/** In the order in which they are tried. */
export const strategies = (tries: number, seed: number): readonly Strategy[] => [
  bySize,
  ranked('size * life', (item) => -item.bytes * lifeOf(item)),
  ranked('life', (item) => -lifeOf(item)),
  ordered('kept first', keptFirst),
  ranked('time', firstOf),
  ranked('time backwards', (item) => -firstOf(item)),
  randomChanges(tries, seed),
];

/** The strategies in turn, until one meets the bound. */
export function search(problem: Problem, tries: number, seed: number): Found {
  let best: Found | undefined;
  for (const strategy of strategies(tries, seed)) {
    const found = strategy.search(problem, best);
    if (best === undefined || found.peakBytes < best.peakBytes) best = found;
    if (best.peakBytes <= problem.lowerBoundBytes) return best;
  }
  return best as Found;
}
