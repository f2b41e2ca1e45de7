import { at } from '#libs/base/result';
import { shufflePass } from '#libs/base/rng';

/** Which items a pass meets (N9): every item once, or every class as often as any other. */
export type ItemOrder = 'shuffled' | 'balanced';

/** Numbers of items by class, classes in ascending order of their labels. */
function itemsByClass(labels: readonly number[]): readonly (readonly number[])[] {
  const classes = new Map<number, number[]>();
  labels.forEach((label, index) => classes.set(label, [...(classes.get(label) ?? []), index]));
  return [...classes].sort(([a], [b]) => a - b).map(([, items]) => items);
}

/**
 * N9, balanced: the items of a pass before they are shuffled. Classes take turns, and the items of each class do, through the whole
 * session: turn g is of class g mod K, and of its item floor(g / K) mod (number of its items).
 */
export function balancedItems(labels: readonly number[], pass: number): number[] {
  const classes = itemsByClass(labels);
  return labels.map((_, place) => {
    const turn = pass * labels.length + place;
    const own = at(classes, turn % classes.length);
    return at(own, Math.floor(turn / classes.length) % own.length);
  });
}

/** What the passes of one attempt meet, one after the other. */
export class PassOrder {
  private readonly list: number[];

  /** @param labels of the items to learn from */
  constructor(
    private readonly kind: ItemOrder,
    private readonly labels: readonly number[],
  ) {
    this.list = firstItems(kind, labels);
  }

  /** Numbers of the items, in the order of pass `pass`; passes are asked for in order. */
  ofPass(pass: number, seed: number): readonly number[] {
    if (this.kind === 'balanced') this.list.splice(0, this.list.length, ...balancedItems(this.labels, pass));
    shufflePass(this.list, seed, pass);
    return this.list;
  }
}

/** The items that pass 0 meets, before they are shuffled: the guard compares losses of these (N11). */
export const firstItems = (kind: ItemOrder, labels: readonly number[]): number[] =>
  kind === 'balanced' ? balancedItems(labels, 0) : labels.map((_, index) => index);
