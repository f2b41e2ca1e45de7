import { Rng } from '#libs/base/rng';
import { bestSelection, type KnapsackOption } from './knapsack';

const none = (resources: number): KnapsackOption => ({
  gain: 0,
  cost: Array.from({ length: resources }, () => 0),
});

/** The largest gain of any selection within the budget: every one is tried. */
function tried(groups: readonly (readonly KnapsackOption[])[], budget: readonly number[]): number {
  const [first, ...rest] = groups;
  if (!first) return 0;
  const gains = first
    .filter(({ cost }) => cost.every((each, r) => each <= budget[r]!))
    .map(
      ({ gain, cost }) =>
        gain +
        tried(
          rest,
          budget.map((limit, r) => limit - cost[r]!),
        ),
    );
  return Math.max(...gains);
}

const drawn = (rng: Rng, groups: number, resources: number): readonly (readonly KnapsackOption[])[] =>
  Array.from({ length: groups }, () => [
    none(resources),
    ...Array.from({ length: rng.below(5) }, () => ({
      gain: rng.below(60) - 10,
      cost: Array.from({ length: resources }, () => rng.below(40)),
    })),
  ]);

describe('the best selection', () => {
  it.each([1, 2, 3])('is that of trying all, with %d budgets', (resources) => {
    const rng = new Rng(11 + resources);
    for (let round = 0; round < 150; round++) {
      const groups = drawn(rng, 1 + rng.below(6), resources);
      const budget = Array.from({ length: resources }, () => rng.below(120));
      const best = bestSelection(groups, budget)!;
      expect(best.gain).toBe(tried(groups, budget));
      const picked = best.picks.map((pick, g) => groups[g]![pick]!);
      expect(picked.reduce((sum, { gain }) => sum + gain, 0)).toBe(best.gain);
      best.cost.forEach((spent, r) => {
        expect(spent).toBe(picked.reduce((sum, { cost }) => sum + cost[r]!, 0));
        expect(spent).toBeLessThanOrEqual(budget[r]!);
      });
    }
  });

  it('is quick for sixty layers of byte-sized costs', () => {
    const rng = new Rng(5);
    const groups = Array.from({ length: 60 }, () => {
      const [gain, cost] = [rng.below(1000) / 1000, 200 + rng.below(20_000)];
      return [
        none(2),
        ...[1 / 8, 1 / 4, 1 / 2, 1].map((ratio) => ({
          gain: gain * ratio ** 0.7,
          cost: [Math.floor(cost * ratio), Math.floor(cost * ratio * 0.6)],
        })),
      ];
    });
    const before = Date.now();
    const best = bestSelection(groups, [120_000, 70_000])!;
    expect(best.cost[0]).toBeLessThanOrEqual(120_000);
    expect(Date.now() - before).toBeLessThan(20_000);
  });

  it('does not exist where a budget is overdrawn', () => {
    expect(bestSelection([[none(1)]], [-1])).toBeUndefined();
  });
});
