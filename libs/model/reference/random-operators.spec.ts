import { bytesOf } from '#libs/base/bytes';
import { checkGraph, elementCount, type Graph, tensorOf } from '#libs/model/ir';
import {
  OPERATOR_KINDS,
  randomBranchyNetwork,
  randomInputs,
  randomOperatorGraph,
} from '#test/support/random-operators';
import { runGraph } from './run-graph';

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

/** Distinct bytes of the outputs. */
function variety(graph: Graph, seed: number): number {
  const values = runGraph(graph, randomInputs(graph, seed));
  const bytes = graph.outputs.flatMap((id) => {
    const value = values.get(id);
    if (value === undefined || 'mantissas' in value) throw new Error('an output without a value');
    expect(value.length).toBe(elementCount(tensorOf(graph, id).shape));
    return [...bytesOf(value)];
  });
  return new Set(bytes).size;
}

describe('random graphs', () => {
  it.each(OPERATOR_KINDS)('of %s are sound, run, and seldom give one value only', (kind) => {
    const varieties = SEEDS.map((seed) => {
      const graph = randomOperatorGraph(kind, seed);
      expect([graph.name, ...checkGraph(graph)]).toEqual([graph.name]);
      return variety(graph, seed);
    });
    expect(varieties.filter((distinct) => distinct > 2).length).toBeGreaterThan(SEEDS.length / 3);
  });

  it('with branches are sound, run, and together hold every kind of operator', () => {
    const graphs = SEEDS.map(randomBranchyNetwork);
    graphs.forEach((graph, seed) => {
      expect([graph.name, ...checkGraph(graph)]).toEqual([graph.name]);
      variety(graph, seed);
    });
    const kinds = new Set(graphs.flatMap(({ ops }) => ops.map(({ kind }) => kind)));
    expect(kinds.size).toBe(OPERATOR_KINDS.length - 2);
    expect(Math.max(...graphs.map(({ inputs }) => inputs.length))).toBeGreaterThan(2);
    expect(Math.max(...graphs.map(({ outputs }) => outputs.length))).toBeGreaterThan(2);
  });
});
