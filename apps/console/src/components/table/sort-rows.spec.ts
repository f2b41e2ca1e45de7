import { nextSorting, sortRows } from './sort-rows';

const itself = (value: number | string | undefined) => value;

it('sorts numbers by size and names as people do', () => {
  expect(sortRows([10, 9, 1], itself, 'ascending')).toEqual([1, 9, 10]);
  expect(sortRows(['kitchen 10', 'kitchen 9'], itself, 'ascending')).toEqual(['kitchen 9', 'kitchen 10']);
});

it('puts what has no value last in both directions', () => {
  expect(sortRows([undefined, 2, 1], itself, 'ascending')).toEqual([1, 2, undefined]);
  expect(sortRows([undefined, 2, 1], itself, 'descending')).toEqual([2, 1, undefined]);
});

it('goes up, down, and back to how the rows came', () => {
  const first = nextSorting(undefined, 'board');
  const second = nextSorting(first, 'board');
  expect([first?.direction, second?.direction, nextSorting(second, 'board')]).toEqual([
    'ascending',
    'descending',
    undefined,
  ]);
  expect(nextSorting(second, 'state')).toEqual({ by: 'state', direction: 'ascending' });
});
