import { unwrap } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { uniformRates } from '#libs/model/quant';
import { createSession } from '#libs/model/reference';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { randomInputs, randomNetwork, randomScheme } from '#test/support/random-networks';
import { runPasses } from '../pass';
import { compactGradients } from './compact-gradients';
import { trainingGraph } from './training-graph';

const compact = (graph: Graph): Graph => runPasses(graph, [compactGradients]);

function learnt(graph: Graph, inputs: readonly Int8Array[]): Uint8Array {
  const session = createSession(graph);
  inputs.forEach((input, index) => {
    session.forward(input);
    session.loss(index % 2);
    session.backward({ seed: 9, index, rates: uniformRates(0.1) });
  });
  return session.state();
}

const viewsOf = (graph: Graph): readonly string[] =>
  graph.ops.flatMap((op) => ('view' in op && op.view ? `${op.name}: ${op.view.of}` : []));

describe('compact gradients', () => {
  it('teach the same, to the byte', () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 120; seed++) {
      const inference = randomNetwork(seed);
      const graph = unwrap(trainingGraph(inference, randomScheme(inference, seed)));
      const inputs = randomInputs(inference, 3, seed);
      for (const view of viewsOf(compact(graph))) seen.add(view.replace(/.*: /, ''));
      expect(learnt(compact(graph), inputs)).toEqual(learnt(graph, inputs));
    }
    expect([...seen].sort()).toEqual(['pooled', 'scaled']);
  });

  it('take the place of the pooled gradient and of kept ones', () => {
    const graph = unwrap(trainingGraph(kwsDigitsGraph(), KWS_SCHEMES.sparse));
    const small = compact(graph);
    expect(viewsOf(small)).toEqual([
      'b6.pw.backward: pooled',
      'b6.pw.b.update: pooled',
      'b5.pw.backward: scaled',
      'b5.pw.b.update: scaled',
    ]);
    expect(small.ops.filter(({ kind }) => kind === 'copyGradient')).toEqual([]);
    expect(viewsOf(graph)).toEqual([]);
  });
});
