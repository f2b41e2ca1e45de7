import fc from 'fast-check';
import type { Graph } from '#libs/model/ir';
import { clampTo, exactMultiplier, exactScaled } from '#test/support/exact-arithmetic';
import { at } from '#libs/base/result';
import { type Affine, GraphBuilder, type PoolOptions } from '#test/support/graph-builder';
import { runGraph } from '../run-graph';

const outputOf = (graph: Graph, input: Int8Array): number[] => [
  ...(runGraph(graph, [input]).get(at(graph.outputs, 0)) as Int8Array),
];

function pooled(kind: 'averagePool' | 'maxPool', values: readonly number[], options: PoolOptions): number[] {
  const builder = new GraphBuilder(kind);
  const side = Math.sqrt(values.length);
  const input = builder.input([1, side, side, 1], { scale: 1, zeroPoint: 0 });
  return outputOf(builder.build(builder[kind]('pool', input, options)), Int8Array.from(values));
}

const NINE = [-9, 8, -7, 6, -5, 4, -3, 2, -1];

describe('AVERAGE_POOL_2D', () => {
  it('rounds halves away from zero', () => {
    expect(pooled('averagePool', [1, 2, 3, 4], {})).toEqual([3]);
    expect(pooled('averagePool', [-1, -2, -3, -4], {})).toEqual([-3]);
  });

  it('does not count padding', () => {
    const corners = pooled('averagePool', NINE, {
      kernel: 2,
      stride: 2,
      padding: { top: 1, left: 1, bottom: 0, right: 0 },
    });
    expect(corners).toEqual([-9, 1, 2, 0]);
  });

  it('clamps', () => expect(pooled('averagePool', [9, 9, 9, 9], { activation: 'relu6' })).toEqual([6]));
});

describe('MAX_POOL_2D', () => {
  it('takes the largest value on the map, not the padding', () => {
    expect(pooled('maxPool', NINE, { kernel: 2, stride: 2, padding: 1 })).toEqual([-9, 8, 6, 4]);
  });

  it('clamps below and above', () => {
    expect(pooled('maxPool', [-9, -8, -9, -8], { activation: 'relu' })).toEqual([0]);
    expect(pooled('maxPool', [9, -8, -9, -8], { activation: 'reluN1To1' })).toEqual([1]);
  });
});

interface Averaged {
  readonly shape: readonly number[];
  readonly axes: readonly number[];
  readonly keepDims?: boolean;
  readonly from: Affine;
  readonly to: Affine;
}

function meanOf({ shape, axes, keepDims = true, from, to }: Averaged, values: Int8Array): number[] {
  const builder = new GraphBuilder('mean');
  return outputOf(
    builder.build(builder.mean('m', builder.input(shape, from), { axes, keepDims, output: to })),
    values,
  );
}

const UNIT: Affine = { scale: 1, zeroPoint: 0 };

describe('MEAN', () => {
  it('averages over any dimensions, kept or dropped', () => {
    const values = Int8Array.of(0, 2, 4, 10, 20, 30);
    const over = (axes: readonly number[], keepDims: boolean): number[] =>
      meanOf({ shape: [2, 3], axes, keepDims, from: UNIT, to: UNIT }, values);
    expect([over([0], true), over([1], false), over([0, 1], true)]).toEqual([[5, 11, 17], [2, 20], [11]]);
  });

  it('rounds also where the scales are equal', () => {
    expect(meanOf({ shape: [4], axes: [0], from: UNIT, to: UNIT }, Int8Array.of(1, 1, 1, 0))).toEqual([1]);
    expect(meanOf({ shape: [4], axes: [0], from: UNIT, to: UNIT }, Int8Array.of(-1, -1, -1, 0))).toEqual([
      -1,
    ]);
  });

  it('moves between zero points', () => {
    const given = {
      shape: [2],
      axes: [0],
      from: { scale: 0.5, zeroPoint: -128 },
      to: { scale: 1, zeroPoint: 20 },
    };
    expect(meanOf(given, Int8Array.of(-128, -120))).toEqual([22]);
  });

  it('is the formula, exactly', () => {
    const affine = fc.record({
      scale: fc.double({ min: 0.001, max: 0.5, noNaN: true }).map(Math.fround),
      zeroPoint: fc.integer({ min: -128, max: 127 }),
    });
    fc.assert(
      fc.property(affine, affine, fc.int8Array({ minLength: 1, maxLength: 200 }), (from, to, values) => {
        const count = values.length;
        const { multiplier, shift } = exactMultiplier(from.scale / to.scale);
        const room = Math.floor(Math.log2(count));
        const divided = Number((BigInt(multiplier) << BigInt(room)) / BigInt(count));
        const sum = values.reduce((total, value) => total + value - from.zeroPoint, 0);
        const scaled = exactScaled(sum, { multiplier: divided, shift: shift - room });
        const result = meanOf({ shape: [count], axes: [0], from, to }, values);
        expect(result).toEqual([clampTo(scaled + to.zeroPoint)]);
      }),
    );
  });
});
