import { type MemoryMap, readMemoryMap } from '../../api/memory-map';
import { bufferBoxes, byteTicks, fullestCall, kindsAt, takenByCall } from './memory-map-geometry';

const map: MemoryMap = {
  graph: 'toy',
  strategy: 'first gap',
  peakBytes: 100,
  lowerBoundBytes: 100,
  calls: 4,
  buffers: [
    { name: 'weights', kind: 'variable', offset: 0, bytes: 40, first: 0, last: 3 },
    { name: 'x', kind: 'activation', offset: 40, bytes: 60, first: 0, last: 1 },
    { name: 'y', kind: 'scratch', offset: 40, bytes: 20, first: 2, last: 2 },
  ],
};

it('draws calls to the right and addresses upwards, within the drawing', () => {
  const [weights, x, y] = bufferBoxes(map, { width: 200, height: 50 });
  expect(weights).toMatchObject({ x: 0, y: 30, width: 200, height: 20 });
  expect(x).toMatchObject({ x: 0, y: 0, width: 100, height: 30 });
  expect(y).toMatchObject({ x: 100, y: 20, width: 50, height: 10 });
});

it('knows what is taken when', () => {
  expect(takenByCall(map)).toEqual([100, 100, 60, 40]);
  expect(fullestCall(map)).toEqual({ call: 0, bytes: 100 });
  expect(kindsAt(map, 2)).toEqual({ variable: 40, activation: 0, scratch: 20 });
});

it('puts axis marks at powers of two', () => {
  expect(byteTicks(47_080)).toEqual([0, 16_384, 32_768]);
  expect(byteTicks(0)).toEqual([0]);
});

describe('a stored plan', () => {
  const stored = { ...map, schedule: { calls: [{ op: 0 }] } };

  it('is read, alone or within what the command line prints', () => {
    expect(readMemoryMap(stored)).toEqual(map);
    expect(readMemoryMap({ board: 'x', plan: stored })).toEqual(map);
  });

  it.each([
    ['nothing', null],
    ['a text', 'plan'],
    ['no buffers', { peakBytes: 1 }],
    ['a kind of buffer of another time', { ...stored, buffers: [{ ...map.buffers[0], kind: 'stack' }] }],
    ['a negative offset', { ...stored, buffers: [{ ...map.buffers[0], offset: -1 }] }],
  ])('that is %s is not drawn', (_what, value) => {
    expect(readMemoryMap(value)).toBeUndefined();
  });
});
