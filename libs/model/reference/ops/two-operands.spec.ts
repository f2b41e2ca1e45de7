import fc from 'fast-check';
import type { Graph } from '#libs/model/ir';
import { clampTo, exactMultiplier, exactScaled } from '#test/support/exact-arithmetic';
import { at } from '#libs/base/result';
import { type Affine, GraphBuilder } from '#test/support/graph-builder';
import { runGraph } from '../run-graph';

type Kind = 'add' | 'sub' | 'mul';
const KINDS: readonly Kind[] = ['add', 'sub', 'mul'];

const outputOf = (graph: Graph, inputs: readonly Int8Array[]): number[] => [
  ...(runGraph(graph, inputs).get(at(graph.outputs, 0)) as Int8Array),
];

interface Operands {
  readonly kind: Kind;
  readonly shapes: readonly [readonly number[], readonly number[]];
  readonly quantizations: readonly [Affine, Affine, Affine];
}

function graphOf({ kind, shapes, quantizations }: Operands): Graph {
  const builder = new GraphBuilder(kind);
  const first = builder.input(shapes[0], quantizations[0]);
  const second = builder.input(shapes[1], quantizations[1]);
  return builder.build(builder[kind](kind, first, second, quantizations[2]));
}

const float = Math.fround;
const affine = fc.record({
  scale: fc.double({ min: 0.001, max: 0.5, noNaN: true }).map(float),
  zeroPoint: fc.integer({ min: -128, max: 127 }),
});
const stored = fc.integer({ min: -128, max: 127 });

/** INFERENCE.md, on big integers. */
function expected(kind: Kind, [a, b, y]: readonly [Affine, Affine, Affine], x1: number, x2: number): number {
  const [first, second] = [x1 - a.zeroPoint, x2 - b.zeroPoint];
  if (kind === 'mul') {
    const scaled = exactScaled(first * second, exactMultiplier((a.scale * b.scale) / y.scale));
    return clampTo(scaled + y.zeroPoint);
  }
  const step = kind === 'sub' ? float : (value: number): number => value;
  const twice = 2 * Math.max(a.scale, b.scale);
  const part = (value: number, scale: number): number =>
    exactScaled(value * 2 ** 20, exactMultiplier(step(scale / twice)));
  const sign = kind === 'sub' ? -1 : 1;
  const sum = part(first, a.scale) + sign * part(second, b.scale);
  return clampTo(exactScaled(sum, exactMultiplier(step(twice / (2 ** 20 * y.scale)))) + y.zeroPoint);
}

describe.each(KINDS)('%s', (kind) => {
  it('is the formula, exactly', () => {
    fc.assert(
      fc.property(fc.tuple(affine, affine, affine), stored, stored, (quantizations, x1, x2) => {
        const graph = graphOf({ kind, shapes: [[1], [1]], quantizations });
        const result = outputOf(graph, [Int8Array.of(x1), Int8Array.of(x2)]);
        expect(result).toEqual([expected(kind, quantizations, x1, x2)]);
      }),
      { numRuns: 300 },
    );
  });
});

const UNIT: Affine = { scale: 1, zeroPoint: 0 };
const UNITS = [UNIT, UNIT, UNIT] as const;

describe('two operands', () => {
  it('are added, taken away and multiplied', () => {
    const inputs = [Int8Array.of(5, -7, 100), Int8Array.of(3, -2, 50)];
    const results = KINDS.map((kind) =>
      outputOf(graphOf({ kind, shapes: [[3], [3]], quantizations: UNITS }), inputs),
    );
    expect(results).toEqual([
      [8, -9, 127],
      [2, -5, 50],
      [15, 14, 127],
    ]);
  });

  it('have the order that SUB is written in', () => {
    const graph = graphOf({ kind: 'sub', shapes: [[2], [1]], quantizations: UNITS });
    expect(outputOf(graph, [Int8Array.of(5, -100), Int8Array.of(100)])).toEqual([-95, -128]);
  });

  it('broadcast along any dimension, whichever is the smaller', () => {
    const rows = Int8Array.of(10, 20);
    const columns = Int8Array.of(1, 2, 3);
    const graph = graphOf({ kind: 'add', shapes: [[2, 1], [3]], quantizations: UNITS });
    expect(outputOf(graph, [rows, columns])).toEqual([11, 12, 13, 21, 22, 23]);
    const turned = graphOf({ kind: 'add', shapes: [[3], [2, 1]], quantizations: UNITS });
    expect(outputOf(turned, [columns, rows])).toEqual([11, 12, 13, 21, 22, 23]);
  });

  it('give what explicitly repeated operands give', () => {
    const extents = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        extents,
        fc.integer({ min: 0, max: 31 }),
        fc.constantFrom(...KINDS),
        (shape, ones, kind) => {
          const small = shape.map((extent, axis) => ((ones >> axis) & 1 ? 1 : extent));
          const count = shape.reduce((product, extent) => product * extent, 1);
          const whole = Int8Array.from({ length: count }, (_, i) => (i * 37) % 251);
          const values = Int8Array.from(
            { length: small.reduce((product, extent) => product * extent, 1) },
            (_, i) => (i * 91) % 239,
          );
          const repeated = Int8Array.from(
            { length: count },
            (_, i) => values[sourceOf(i, shape, small)] ?? 0,
          );
          const broadcast = graphOf({ kind, shapes: [shape, small], quantizations: UNITS });
          const plain = graphOf({ kind, shapes: [shape, shape], quantizations: UNITS });
          expect(outputOf(broadcast, [whole, values])).toEqual(outputOf(plain, [whole, repeated]));
        },
      ),
    );
  });

  it('may be constants, and the same tensor twice', () => {
    const builder = new GraphBuilder('constant');
    const input = builder.input([2], UNIT);
    const constant = builder.constant([1], UNIT, Int8Array.of(9));
    const sum = builder.add('sum', builder.mul('square', input, input, UNIT), constant, UNIT);
    expect(outputOf(builder.build(sum), [Int8Array.of(4, -5)])).toEqual([25, 34]);
  });
});

/** The element of the smaller operand that meets element `index`, by dividing the index down. */
function sourceOf(index: number, shape: readonly number[], small: readonly number[]): number {
  let [rest, source, stride] = [index, 0, 1];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const position = rest % at(shape, axis);
    rest = Math.floor(rest / at(shape, axis));
    if (at(small, axis) > 1) source += position * stride;
    stride *= at(small, axis);
  }
  return source;
}
