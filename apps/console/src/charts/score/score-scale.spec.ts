import { ACCURACY, SQUARED_ERROR } from '../../format/testing';
import { scoreScale } from './score-scale';

const row = (before: number | null, personalised: number | null = null) => ({
  before,
  personalised,
  finalGlobal: null,
});

it('begins at the tenth below the lowest value', () => {
  const { from, ticks, at } = scoreScale([row(0.62, 0.95), row(0.9)], ACCURACY);
  expect([from, ticks]).toEqual([0.6, [0.6, 0.7, 0.8, 0.9, 1]]);
  expect([at(0.6), at(0.8), at(1)].map(Math.round)).toEqual([0, 50, 100]);
});

it('leaves room for a mark that stands on a tenth', () => {
  expect(scoreScale([row(0.7)], ACCURACY).from).toBeCloseTo(0.6);
});

it('shows at least a fifth of the axis, and it for nothing at all', () => {
  expect(scoreScale([row(0.99)], ACCURACY).from).toBeLessThanOrEqual(0.8);
  expect(scoreScale([], ACCURACY).ticks.at(-1)).toBe(1);
});

it('has few ticks on a long axis and never begins below zero', () => {
  expect(scoreScale([row(0)], ACCURACY)).toMatchObject({ from: 0, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] });
});

it('begins at no error and ends at a round one, as large as the largest', () => {
  const { from, ticks, at } = scoreScale([row(5.1, 0.4), row(3)], SQUARED_ERROR);
  expect([from, ticks]).toEqual([0, [0, 1.5, 3, 4.5, 6]]);
  expect([at(0), at(3), at(6)]).toEqual([0, 50, 100]);
  expect(scoreScale([row(0)], SQUARED_ERROR).ticks.at(-1)).toBe(1);
});
