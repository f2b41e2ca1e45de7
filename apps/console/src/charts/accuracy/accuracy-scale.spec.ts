import { accuracyScale } from './accuracy-scale';

const row = (before: number | null, personalised: number | null = null) => ({
  before,
  personalised,
  finalGlobal: null,
});

it('begins at the tenth below the lowest value', () => {
  const { from, ticks, at } = accuracyScale([row(0.62, 0.95), row(0.9)]);
  expect([from, ticks]).toEqual([0.6, [0.6, 0.7, 0.8, 0.9, 1]]);
  expect([at(0.6), at(0.8), at(1)].map(Math.round)).toEqual([0, 50, 100]);
});

it('leaves room for a mark that stands on a tenth', () => {
  expect(accuracyScale([row(0.7)]).from).toBeCloseTo(0.6);
});

it('shows at least a fifth of the axis, and it for nothing at all', () => {
  expect(accuracyScale([row(0.99)]).from).toBeLessThanOrEqual(0.8);
  expect(accuracyScale([]).ticks.at(-1)).toBe(1);
});

it('has few ticks on a long axis and never begins below zero', () => {
  expect(accuracyScale([row(0)])).toMatchObject({ from: 0, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] });
});
