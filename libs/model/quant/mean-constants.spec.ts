import type { Mean } from '#libs/model/ir';
import { type Affine, GraphBuilder } from '#test/support/graph-builder';
import { meanConstants } from './mean-constants';

function constantsOf(shape: readonly number[], axes: readonly number[], scales: readonly [number, number]) {
  const builder = new GraphBuilder('mean');
  const [from, to] = scales.map((scale) => ({ scale, zeroPoint: 0 })) as [Affine, Affine];
  const graph = builder.build(builder.mean('m', builder.input(shape, from), { axes, output: to }));
  return meanConstants(graph, graph.ops[0] as Mean);
}
describe('the constants of a MEAN', () => {
  it('put a power of two into the shift alone', () => {
    expect(constantsOf([1, 4, 4, 2], [1, 2], [0.5, 0.5])).toEqual({
      multiplier: 2 ** 30,
      shift: -3,
      count: 16,
    });
  });

  it('divide the multiplier by any other count, truncating', () => {
    const multiplier = Math.floor((2 ** 30 * 4) / 6);
    expect(constantsOf([1, 2, 3, 5], [1, 2], [0.5, 0.5])).toEqual({ multiplier, shift: -1, count: 6 });
  });

  it('never shift below what one rounding shift can do', () => {
    const { multiplier, shift } = constantsOf([64, 2], [0], [2 ** -30, 1]);
    expect(shift).toBe(-31);
    expect(multiplier).toBe(Math.floor((2 ** 30 * 4) / 64));
  });

  it('count each averaged dimension', () => {
    expect(constantsOf([2, 3, 5, 7], [0, 3], [1, 1]).count).toBe(14);
  });
});
