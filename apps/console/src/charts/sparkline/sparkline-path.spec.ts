import { sparklinePoints } from './sparkline-path';

it('runs from the left to the right edge, the largest value at the top', () => {
  expect(sparklinePoints([4, 2, 0], 60, 10)).toBe('0,0 30,5 60,10');
});

it('is level for equal values and a point for one', () => {
  expect(sparklinePoints([3, 3], 10, 8)).toBe('0,8 10,8');
  expect(sparklinePoints([3], 10, 8)).toBe('0,8');
});
