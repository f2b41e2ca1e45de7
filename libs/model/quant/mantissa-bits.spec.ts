import { unwrap } from '#libs/base/result';
import { trainingGraph, type TrainingOptions } from '#libs/model/passes';
import { GraphBuilder } from '#test/support/graph-builder';
import { mantissaBits } from './mantissa-bits';

/** M of a network of one 3x3 convolution over a map of that size, its weights trained or only its biases. */
function bitsOf(
  height: number,
  width: number,
  weightLayers: readonly number[],
  options: TrainingOptions = {},
): number {
  const builder = new GraphBuilder('map');
  const conv = builder.conv('conv', builder.input([1, height, width, 1]), {
    channels: 4,
    kernel: 3,
    padding: 1,
  });
  const graph = builder.build(
    builder.fullyConnected('fc', builder.averagePool('pool', conv), { channels: 2 }),
  );
  const layers = weightLayers.map((layer) => ({ layer, ratio: 1 }));
  const scheme = { name: 'test', biasLayers: 1, weightLayers: layers };
  return mantissaBits(unwrap(trainingGraph(graph, scheme, options)));
}

describe('mantissa bits (N4)', () => {
  it('are fewer the more pixels a weight gradient sums', () => {
    expect(bitsOf(49, 40, [0])).toBe(11);
    expect(bitsOf(80, 80, [0])).toBe(9);
  });

  it('are at most 14, and do not count maps whose weights are not trained', () => {
    expect(bitsOf(80, 80, [])).toBe(14);
    expect(bitsOf(4, 4, [0])).toBe(14);
  });

  it('are at most 6 of int8', () => {
    expect(bitsOf(4, 4, [0], { gradients: 'int8' })).toBe(6);
    expect(bitsOf(80, 80, [0], { gradients: 'int8' })).toBe(6);
  });
});
