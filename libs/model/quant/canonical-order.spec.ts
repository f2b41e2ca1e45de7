import { canonicalOrder } from './canonical-order';

const sorted = (order: Uint32Array): number[] => [...order].sort((a, b) => a - b);

describe('the canonical order of weights', () => {
  it('of a convolution is OIHW, stored as OHWI', () => {
    const [outputs, height, width, inputs] = [3, 2, 4, 5];
    const order = canonicalOrder('conv2d', [outputs, height, width, inputs]);
    const stored = ((2 * height + 1) * width + 3) * inputs + 4;
    expect(order[stored]).toBe(((2 * inputs + 4) * height + 1) * width + 3);
    expect(sorted(order)).toEqual([...order.keys()]);
  });

  it('of a depthwise convolution is channel, row, column, stored as row, column, channel', () => {
    const order = canonicalOrder('depthwiseConv2d', [1, 3, 3, 8]);
    expect(order[(1 * 3 + 2) * 8 + 5]).toBe(5 * 9 + 1 * 3 + 2);
    expect(sorted(order)).toEqual([...order.keys()]);
  });

  it('of pointwise and dense layers is the stored one', () => {
    expect([...canonicalOrder('conv2d', [4, 1, 1, 6])]).toEqual([...Array(24).keys()]);
    expect([...canonicalOrder('head', [4, 6])]).toEqual([...Array(24).keys()]);
  });
});
