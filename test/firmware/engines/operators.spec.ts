import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { GraphBuilder } from '#test/support/graph-builder';
import { INTEGER_KINDS, randomBranchyNetwork, randomOperatorGraph } from '#test/support/random-operators';
import { sideBySide } from '#test/support/side-by-side';
import { differenceOn } from './operator-fuzz';

const MINUTE = 60_000;
const GRAPHS = 6;
const seeds = Array.from({ length: GRAPHS }, (_, i) => i + 1);

describe('a generated operator gives the bytes of the reference, in an arena full of noise', () => {
  test.each(INTEGER_KINDS)(
    'on the native build under sanitizers: %s',
    async (kind) => {
      const graph = sideBySide(seeds.map((seed) => randomOperatorGraph(kind, seed)));
      expect(await differenceOn(graph, 1, { target: 'native', sanitize: true })).toBeUndefined();
    },
    MINUTE,
  );

  test.each(['wasm', 'arm'] as const)(
    'on %s: one of every kind',
    async (target) => {
      const graph = sideBySide(INTEGER_KINDS.map((kind) => randomOperatorGraph(kind, 7)));
      expect(await differenceOn(graph, 7, { target })).toBeUndefined();
    },
    MINUTE,
  );
});

describe('a network of many operators, with branches, several inputs and outputs', () => {
  test.each(seeds)(
    'gives the bytes of the reference under sanitizers: seed %i',
    async (seed) => {
      const graph = runPasses(randomBranchyNetwork(seed), INFERENCE_PASSES);
      expect(await differenceOn(graph, seed, { target: 'native', sanitize: true })).toBeUndefined();
    },
    MINUTE,
  );

  test.each(['wasm', 'arm'] as const)(
    'gives the bytes of the reference on %s',
    async (target) => {
      const graph = runPasses(randomBranchyNetwork(3), INFERENCE_PASSES);
      expect(await differenceOn(graph, 3, { target })).toBeUndefined();
    },
    MINUTE,
  );
});

it('a softmax of many classes that hardly differ is that of the reference', async () => {
  const graphs = [500, 600, 1500, 4000].map((classes) => {
    const builder = new GraphBuilder(`flat-${classes}`);
    const logits = builder.input([1, classes], { scale: 1e-4, zeroPoint: 0 });
    return builder.build(builder.softmax('softmax', logits, 1));
  });
  expect(await differenceOn(sideBySide(graphs), 500, { target: 'native', sanitize: true })).toBeUndefined();
});

it('outputs may be inputs, reshaped inputs, and one tensor twice', async () => {
  const builder = new GraphBuilder('boundary');
  const [a, b] = [builder.input([2, 6]), builder.input([2, 6])];
  const [sum, turned] = [builder.add('sum', a, b), builder.reshape('turned', b, [3, 4])];
  const graph = { ...builder.build(sum), outputs: [sum, a, turned, sum] };
  expect(await differenceOn(graph, 1, { target: 'native', sanitize: true })).toBeUndefined();
});
