import type { FullyConnected } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { q31 } from './binary-float';
import { quantizeMultiplier, requantConstants } from './requantize';

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
});
