import { dumpGraph, type Graph, type TensorId } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { expectSameOutputs } from '#test/support/same-outputs';
import { runPasses } from '../pass';
import { movesToReshape } from './moves-to-reshape';

const INPUT = { scale: 0.02, zeroPoint: -5 };
const FINER = { scale: 0.01, zeroPoint: 12 };
const NOTHING = [0, 0, 0, 0];
const ONES = [1, 1, 1, 1];

type Draw = (builder: GraphBuilder, x: TensorId) => TensorId;

function drawn(draw: Draw): Graph {
  const builder = new GraphBuilder('move');
  const x = builder.input([1, 4, 1, 3], INPUT);
  return builder.build(draw(builder, x));
}
const passed = (graph: Graph): Graph => runPasses(graph, [movesToReshape]);

const IDLE: readonly (readonly [string, Draw])[] = [
  ['a transpose that moves only extents of 1', (b, x) => b.transpose('y', x, [2, 1, 0, 3])],
  [
    'a slice of everything',
    (b, x) => b.stridedSlice('y', x, { begin: NOTHING, strides: [5, 1, -1, 1], extents: [1, 4, 1, 3] }),
  ],
  [
    'a slice of everything that drops dimensions',
    (b, x) => b.stridedSlice('y', x, { begin: NOTHING, strides: ONES, extents: [1, 4, 1, 3], shape: [4, 3] }),
  ],
  ['a padding of nothing', (b, x) => b.pad('y', x, { before: NOTHING, after: NOTHING })],
  ['a concatenation of one', (b, x) => b.concatenation('y', [x], 3)],
  [
    'a resizing to the same size',
    (b, x) => b.resizeNearest('y', x, { height: 4, width: 1, halfPixelCenters: true }),
  ],
  ['a requantisation to the same quantisation', (b, x) => b.unary('y', x, { name: 'requantize' }, INPUT)],
];

const BUSY: readonly (readonly [string, Draw])[] = [
  ['a transpose that moves more', (b, x) => b.transpose('y', x, [0, 3, 2, 1])],
  [
    'a slice of a part',
    (b, x) => b.stridedSlice('y', x, { begin: NOTHING, strides: ONES, extents: [1, 3, 1, 3] }),
  ],
  [
    'a slice backwards',
    (b, x) => b.stridedSlice('y', x, { begin: [0, 3, 0, 0], strides: [1, -1, 1, 1], extents: [1, 4, 1, 3] }),
  ],
  ['a requantisation', (b, x) => b.unary('y', x, { name: 'requantize' }, FINER)],
  ['a concatenation of two', (b, x) => b.concatenation('y', [x, x], 1)],
  ['a resizing', (b, x) => b.resizeNearest('y', x, { height: 2, width: 2 })],
];

describe('moves-to-reshape', () => {
  it('writes a reshape in their place', () => {
    expect(dumpGraph(passed(drawn((b, x) => b.transpose('y', x, [2, 1, 0, 3]))))).toBe(
      ['graph move(input)', 'y reshape(input) -> y: int8[1,4,1,3]', 'return y', ''].join('\n'),
    );
  });

  it.each(IDLE)('takes %s, and keeps the outputs', (_, draw) => {
    const graph = drawn(draw);
    expect(passed(graph).ops.map(({ kind }) => kind)).toEqual(['reshape']);
    expectSameOutputs(graph, passed(graph));
  });

  it.each(BUSY)('leaves %s', (_, draw) => {
    const graph = drawn(draw);
    expect(passed(graph).ops).toEqual(graph.ops);
  });
});
