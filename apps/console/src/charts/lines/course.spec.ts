import { axisFromZero, axisToOne, endPoints, placeStretches } from './course';

it('places stretches side by side, and values from the bottom up', () => {
  const stretches = [
    { key: 'a', name: 'before', points: [{ progress: 1, value: 2 }] },
    {
      key: 'b',
      name: 'pass 1',
      points: [
        { progress: 0.5, value: 1 },
        { progress: 1, value: 0 },
      ],
    },
  ];
  const placed = placeStretches(stretches, { width: 100, height: 40, axis: { from: 0, to: 2 } });
  expect(endPoints(placed)).toBe('50,0 100,40');
  expect(placed).toEqual([
    { key: 'a', name: 'before', x: 0, width: 50, line: '50,0', last: { x: 50, y: 0, value: 2 } },
    { key: 'b', name: 'pass 1', x: 50, width: 50, line: '75,20 100,40', last: { x: 100, y: 40, value: 0 } },
  ]);
});

it.each([
  [[], 1],
  [[0], 1],
  [[0.031], 0.04],
  [[1], 1],
  [[1.2, 6.4], 8],
])('the axis above %p ends at %d', (values, top) => {
  expect(axisFromZero(values).to).toBeCloseTo(top);
});

it.each([
  [[], 0.8],
  [[0.95, 0.86], 0.8],
  [[0.43, 1], 0.4],
  [[0], 0],
])('the axis of the shares %p begins at %d', (values, from) => {
  expect(axisToOne(values)).toEqual({ from, to: 1 });
});
