import { at } from '#libs/base/result';

/** One of the choices of a group. */
export interface KnapsackOption {
  readonly gain: number;
  /** One number a resource, each 0 or more. */
  readonly cost: readonly number[];
}

/** One option of every group. */
export interface Selection {
  /** Positions of the options, in the order of the groups. */
  readonly picks: readonly number[];
  readonly gain: number;
  readonly cost: readonly number[];
}

/** A selection of the first groups: it hangs on one of fewer. */
interface Label extends KnapsackOption {
  readonly before: Label | undefined;
  readonly pick: number;
}

/**
 * The selection of most gain that costs no more than the budget, exactly: multiple-choice knapsack by dynamic programming over
 * undominated partial selections. Group by group, a partial selection is forgotten where another costs no more of any
 * resource and gains no less, or where the remaining groups cannot lift it above what is certain already: their linear
 * relaxation (fractions of options) on the first resource bounds what they can add. Of equal selections the one found first stays,
 * so the same input gives the same answer.
 * @param groups every one has an option that costs nothing and gains nothing
 * @param budget one number a resource, not infinite; the first is the scarcest
 * @returns undefined where a budget is negative
 */
export function bestSelection(
  groups: readonly (readonly KnapsackOption[])[],
  budget: readonly number[],
): Selection | undefined {
  if (budget.some((limit) => limit < 0)) return undefined;
  const bounds = groups.map((_, first) => relaxation(groups.slice(first)));
  let labels: readonly Label[] = [{ gain: 0, cost: budget.map(() => 0), before: undefined, pick: -1 }];
  for (const [g, options] of groups.entries()) {
    const grown = labels.flatMap((before) => extended(before, options, budget));
    const certain = Math.max(0, ...largest(grown));
    const bound = bounds[g + 1];
    labels = undominated(
      grown.filter(
        ({ gain, cost }) => !bound || gain + bound(at(budget, 0) - at(cost, 0)) >= certain - TOLERANCE,
      ),
    );
  }
  const best = labels.reduce<Label | undefined>(
    (most, label) => (!most || label.gain > most.gain ? label : most),
    undefined,
  );
  return best && { picks: picksOf(best), gain: best.gain, cost: best.cost };
}

/** Sums of gains in another order differ by their rounding. */
const TOLERANCE = 1e-9;

const largest = (labels: readonly Label[]): readonly number[] =>
  labels.length === 0 ? [] : [labels.reduce((most, { gain }) => Math.max(most, gain), -Infinity)];

function extended(
  before: Label,
  options: readonly KnapsackOption[],
  budget: readonly number[],
): readonly Label[] {
  return options.flatMap((option, pick): readonly Label[] => {
    const cost = before.cost.map((spent, r) => spent + at(option.cost, r));
    const fits = cost.every((spent, r) => spent <= at(budget, r));
    return fits ? [{ gain: before.gain + option.gain, cost, before, pick }] : [];
  });
}

/** By rising cost, then falling gain; what an earlier one dominates is left out. */
function undominated(labels: readonly Label[]): readonly Label[] {
  const sorted = [...labels].sort((a, b) => compareCosts(a.cost, b.cost) || b.gain - a.gain);
  const [one] = sorted;
  if (one?.cost.length === 1) {
    let most = -Infinity;
    return sorted.filter(({ gain }) => {
      const isBetter = gain > most;
      most = Math.max(most, gain);
      return isBetter;
    });
  }
  const kept: Label[] = [];
  for (const label of sorted) if (!kept.some((other) => dominates(other, label))) kept.push(label);
  return kept;
}

function compareCosts(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((cost, r) => cost !== b[r]);
  return differing < 0 ? 0 : at(a, differing) - at(b, differing);
}

const dominates = (a: Label, b: Label): boolean =>
  a.gain >= b.gain && a.cost.every((cost, r) => cost <= at(b.cost, r));

function picksOf(last: Label): readonly number[] {
  const picks: number[] = [];
  for (let label: Label | undefined = last; label && label.pick >= 0; label = label.before)
    picks.push(label.pick);
  return picks.toReversed();
}

/** A step from one option of a group to a better one. */
interface Increment {
  readonly gain: number;
  readonly cost: number;
}

/**
 * The most that groups can gain for so much of the first resource, if fractions of options could be had: the upper hulls of the groups,
 * cut into increments, taken by falling gain per cost.
 */
export function relaxation(groups: readonly (readonly KnapsackOption[])[]): (left: number) => number {
  const increments = groups
    .flatMap(hullIncrements)
    .sort((a, b) => b.gain * a.cost - a.gain * b.cost || a.cost - b.cost);
  const spent: number[] = [0];
  const gained: number[] = [0];
  for (const { gain, cost } of increments) {
    spent.push(at(spent, spent.length - 1) + cost);
    gained.push(at(gained, gained.length - 1) + gain);
  }
  return (left) => {
    let [low, high] = [0, spent.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (at(spent, middle) <= left) low = middle;
      else high = middle - 1;
    }
    const next = increments[low];
    return at(gained, low) + (next ? (next.gain * (left - at(spent, low))) / next.cost : 0);
  };
}

/** The upper hull of a group's options from (0, 0) on, as increments of falling gain per cost. */
function hullIncrements(options: readonly KnapsackOption[]): readonly Increment[] {
  const points = options
    .map(({ gain, cost }) => ({ gain, cost: at(cost, 0) }))
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => a.cost - b.cost || b.gain - a.gain);
  const hull: Increment[] = [{ gain: 0, cost: 0 }];
  for (const point of points) {
    if (point.gain <= at(hull, hull.length - 1).gain) continue;
    while (hull.length > 1 && isBelow(at(hull, hull.length - 2), at(hull, hull.length - 1), point))
      hull.pop();
    hull.push(point);
  }
  return hull.slice(1).map(({ gain, cost }, i) => ({
    gain: gain - at(hull, i).gain,
    cost: cost - at(hull, i).cost,
  }));
}

/** Is the middle point on or below the line between the others? */
const isBelow = (a: Increment, middle: Increment, b: Increment): boolean =>
  (middle.gain - a.gain) * (b.cost - a.cost) <= (b.gain - a.gain) * (middle.cost - a.cost);
