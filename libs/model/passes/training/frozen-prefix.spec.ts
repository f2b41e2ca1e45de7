import { at, unwrap } from '#libs/base/result';
import { checkGraph, dumpGraph, type Graph, layersOf, tensorOf, variablesOf } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { residualNetwork } from '#test/support/tiny-networks';
import { autoencoder } from '#test/support/trained-operators';
import { cutStep, prefixCuts } from './frozen-prefix';
import { trainingGraph } from './training-graph';
import type { TrainingScheme } from './trained-layers';

const scheme = (biasLayers: number, ...layers: number[]): TrainingScheme => ({
  name: 'test',
  biasLayers,
  weightLayers: layers.map((layer) => ({ layer, ratio: 1 })),
});

function cutsOf(inference: Graph, wanted: TrainingScheme): readonly string[] {
  const training = unwrap(trainingGraph(inference, wanted));
  return prefixCuts(inference, training).map(({ features }) => tensorOf(training, features).name);
}

const PREFIX = `graph residual(input)
stem conv2d(input, stem.w, stem.b) -> stem: int8[1,4,3,4]
return stem
`;

describe('where a step can be cut', () => {
  const inference = residualNetwork();

  it('is where one map alone crosses: not inside a block with a shortcut', () => {
    expect(cutsOf(inference, scheme(0))).toEqual(['stem', 'res1', 'pool', 'features']);
  });

  it('is before the first trained layer', () => {
    expect(cutsOf(inference, scheme(1))).toEqual(['stem']);
    expect(cutsOf(inference, scheme(3, 1))).toEqual(['stem']);
  });

  it('is nowhere where the first layer is trained', () => {
    expect(cutsOf(inference, scheme(4))).toEqual([]);
    expect(cutsOf(inference, scheme(4, 0))).toEqual([]);
  });

  it('is nowhere in a network that gives its input again: the loss needs that input', () => {
    expect(cutsOf(autoencoder(1), scheme(0))).toEqual([]);
  });

  it('is behind both of two branches that meet', () => {
    const builder = new GraphBuilder('branches');
    const input = builder.input([1, 4, 4, 2]);
    const left = builder.conv('left', input, { channels: 3 });
    const right = builder.conv('right', input, { channels: 3 });
    const sum = builder.add('sum', left, right);
    const features = builder.reshape('features', builder.averagePool('pool', sum), [1, 3]);
    const graph = builder.build(builder.fullyConnected('fc', features, { channels: 2 }));
    expect(cutsOf(graph, scheme(0))).toEqual(['sum', 'pool', 'features']);
  });
});

describe('a step cut in two', () => {
  const inference = residualNetwork();
  const training = unwrap(trainingGraph(inference, scheme(3, 1)));
  const { prefix, suffix } = cutStep(inference, training, at(prefixCuts(inference, training), 0));

  it('is an inference graph and a training graph without fault', () => {
    expect(dumpGraph(prefix)).toBe(PREFIX);
    expect(checkGraph(prefix)).toEqual([]);
    expect(checkGraph(suffix)).toEqual([]);
    expect(dumpGraph(suffix)).toMatch(/^graph residual\(stem\)\nb1.ex.save /);
    expect([...prefix.ops, ...suffix.ops]).toEqual(training.ops);
  });

  it('keeps the numbers of layers, and so the variables', () => {
    const names = (graph: Graph) => layersOf(graph).map(({ name }) => name);
    expect(names(prefix)).toEqual(names(inference));
    expect(names(suffix)).toEqual(names(training));
    const variables = (graph: Graph) => variablesOf(graph).map(({ layer, tensor }) => [layer, tensor.id]);
    expect(variables(suffix)).toEqual(variables(training));
  });
});
