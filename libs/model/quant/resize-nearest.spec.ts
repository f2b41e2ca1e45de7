import type { ResizeNearest } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { resizeNearestIndices } from './resize-nearest';

interface Options {
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
}

function rowsOf(input: number, output: number, options: Options = {}): number[] {
  const builder = new GraphBuilder('resize');
  const resized = builder.resizeNearest('r', builder.input([1, input, 1, 1]), {
    height: output,
    width: 1,
    ...options,
  });
  const graph = builder.build(resized);
  return [...resizeNearestIndices(graph, graph.ops[0] as ResizeNearest).rows];
}

describe('the source rows of a nearest-neighbour resize', () => {
  it('repeat every row when doubling', () => expect(rowsOf(3, 6)).toEqual([0, 0, 1, 1, 2, 2]));

  it('leave rows out when halving, from the first, or from the middle with half-pixel centres', () => {
    expect(rowsOf(6, 3)).toEqual([0, 2, 4]);
    expect(rowsOf(6, 3, { halfPixelCenters: true })).toEqual([1, 3, 5]);
  });

  it('meet both ends with aligned corners, halves rounded up', () => {
    expect(rowsOf(3, 5, { alignCorners: true })).toEqual([0, 1, 1, 2, 2]);
    expect(rowsOf(5, 1, { alignCorners: true })).toEqual([0]);
  });

  it('stay on the map with both', () => {
    expect(rowsOf(3, 5, { alignCorners: true, halfPixelCenters: true })).toEqual([0, 1, 1, 2, 2]);
  });

  it('are computed in float32, quotient and product', () => {
    const last = (input: number, output: number): number | undefined => rowsOf(input, output).at(-1);
    const float = Math.fround;
    for (let output = 2; output < 60; output++) {
      const expected = Math.floor(float((output - 1) * float(37 / output)));
      expect(last(37, output)).toBe(expected);
    }
  });
});
