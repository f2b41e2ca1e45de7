import type { Add, Mul, Sub } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { q31 } from './binary-float';
import { addConstants, mulConstants } from './elementwise-constants';

/** Scales whose quotients differ in float32 and binary64. */
const [FIRST, SECOND, OUTPUT] = [0.1, 0.03, 0.7].map(Math.fround) as [number, number, number];

function graphOf(kind: 'add' | 'sub' | 'mul') {
  const builder = new GraphBuilder(kind);
  const first = builder.input([2], { scale: FIRST, zeroPoint: 0 });
  const second = builder.input([2], { scale: SECOND, zeroPoint: 0 });
  return builder.build(builder[kind](kind, first, second, { scale: OUTPUT, zeroPoint: 0 }));
}

describe('constants', () => {
  it('of an ADD halves the larger operand and scales the sum by 2^20', () => {
    const builder = new GraphBuilder('sum');
    const first = builder.input([1, 1, 1, 1], { scale: 0.5, zeroPoint: 0 });
    const second = builder.input([1, 1, 1, 1], { scale: 0.25, zeroPoint: 0 });
    const graph = builder.build(builder.add('add', first, second, { scale: 1, zeroPoint: 0 }));
    expect(addConstants(graph, graph.ops[0] as Add)).toEqual({
      leftShift: 20,
      first: { multiplier: 2 ** 30, shift: 0 },
      second: { multiplier: 2 ** 30, shift: -1 },
      output: { multiplier: 2 ** 30, shift: -19 },
    });
  });

  it('of an ADD are prepared in binary64', () => {
    const graph = graphOf('add');
    const { second, output } = addConstants(graph, graph.ops[0] as Add);
    expect(second.multiplier).toBe(q31(SECOND / (2 * FIRST)).mantissa);
    expect(output.multiplier).toBe(q31((2 * FIRST) / (2 ** 20 * OUTPUT)).mantissa);
  });

  it('of a SUB are prepared in float32', () => {
    const graph = graphOf('sub');
    const { second, output } = addConstants(graph, graph.ops[0] as Sub);
    expect(second.multiplier).toBe(q31(Math.fround(SECOND / (2 * FIRST))).mantissa);
    expect(second.multiplier).not.toBe(q31(SECOND / (2 * FIRST)).mantissa);
    expect(output.multiplier).toBe(q31(Math.fround((2 * FIRST) / (2 ** 20 * OUTPUT))).mantissa);
  });

  it('of a MUL are the product of the scales over that of the output, in binary64', () => {
    const graph = graphOf('mul');
    const { mantissa, exponent } = q31((FIRST * SECOND) / OUTPUT);
    expect(mulConstants(graph, graph.ops[0] as Mul)).toEqual({ multiplier: mantissa, shift: exponent });
  });
});
