import type { Add, FullyConnected } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { q31 } from './binary-float';
import { addConstants, quantizeMultiplier, requantConstants } from './requantize';

function denseGraph(scales: readonly number[]) {
  const builder = new GraphBuilder('dense');
  const input = builder.input([1, 4], { scale: 0.1, zeroPoint: 0 });
  const output = { scale: 0.3, zeroPoint: 0 };
  const graph = builder.build(builder.fullyConnected('fc', input, { channels: 2, scales, output }));
  return { graph, op: graph.ops[0] as FullyConnected };
}

describe('requantisation', () => {
  it('of a dense layer with one weight scale takes the product of scales in float32, as TensorFlow Lite does', () => {
    const { graph, op } = denseGraph([0.007]);
    const [input, weights, output] = [0.1, 0.007, 0.3].map(Math.fround) as [number, number, number];
    const { multipliers } = requantConstants(graph, op);
    expect([...multipliers]).toEqual(Array(2).fill(q31(Math.fround(input * weights) / output).mantissa));
    expect(multipliers[0]).not.toBe(q31((input * weights) / output).mantissa);
  });

  it('of a dense layer with a scale a channel is exact', () => {
    const { graph, op } = denseGraph([0.007, 0.008]);
    const [input, weights, output] = [0.1, 0.008, 0.3].map(Math.fround) as [number, number, number];
    expect(requantConstants(graph, op).multipliers[1]).toBe(q31((input * weights) / output).mantissa);
  });

  it('gives 0 for what a shift of 31 cannot express', () => {
    expect(quantizeMultiplier(2 ** -33)).toEqual({ multiplier: 0, shift: 0 });
    expect(quantizeMultiplier(2 ** -32)).toEqual({ multiplier: 2 ** 30, shift: -31 });
  });

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
});
