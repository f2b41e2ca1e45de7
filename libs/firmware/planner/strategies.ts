import { Rng } from '#libs/base/rng';
import type { Item } from './items';
import type { Order, Placement, Placer } from './place';

export interface Problem {
  readonly items: readonly Item[];
  readonly placer: Placer;
  readonly lowerBoundBytes: number;
}

export interface Found extends Placement {
  readonly order: Order;
  readonly strategy: string;
}

/** A way to find a good placement. All share one signature; the first that meets the bound ends the search. */
export interface Strategy {
  readonly name: string;
  /** @param best of the strategies before */
  search(problem: Problem, best: Found | undefined): Found;
}

const firstOf = (item: Item): number => Math.min(...item.spans.map(({ first }) => first));
const lifeOf = (item: Item): number => 1 + Math.max(...item.spans.map(({ last }) => last)) - firstOf(item);

function orderBy(items: readonly Item[], rank: (item: Item) => number): Order {
  const ranks = items.map(rank);
  return items.map((_, index) => index).sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b);
}

const ordered = (name: string, rank: (item: Item) => number): Strategy => ({
  name,
  search: ({ items, placer }) => {
    const order = orderBy(items, rank);
    return { ...placer.place(order), order, strategy: name };
  },
});

const bySize = ordered('size', (item) => -item.bytes);

function swapped(order: Order, rng: Rng): Order {
  const next = [...order];
  const a = rng.below(order.length);
  const b = rng.below(order.length);
  [next[a], next[b]] = [next[b] as number, next[a] as number];
  return next;
}

/** Starts from the best order so far and swaps two items at a time, keeping what is not worse. */
const randomSwaps = (tries: number, seed: number): Strategy => ({
  name: 'random swaps',
  search: (problem, best) => {
    const { placer, lowerBoundBytes } = problem;
    const rng = new Rng(seed);
    let current = best ?? bySize.search(problem, undefined);
    for (let i = 0; i < tries && current.peakBytes > lowerBoundBytes; i++) {
      const order = swapped(current.order, rng);
      const placement = placer.place(order);
      if (placement.peakBytes > current.peakBytes) continue;
      const strategy = placement.peakBytes < current.peakBytes ? 'random swaps' : current.strategy;
      current = { ...placement, order, strategy };
    }
    return current;
  },
});

/** In the order in which they are tried. */
export const strategies = (tries: number, seed: number): readonly Strategy[] => [
  bySize,
  ordered('size * life', (item) => -item.bytes * lifeOf(item)),
  ordered('life', (item) => -lifeOf(item)),
  ordered('time', firstOf),
  randomSwaps(tries, seed),
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
