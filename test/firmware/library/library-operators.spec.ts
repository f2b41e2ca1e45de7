import { execFileSync } from 'node:child_process';
import { bytesOf, toHex } from '#libs/base/bytes';
import type { Graph } from '#libs/model/ir';
import { elementCount, type TensorId, tensorOf } from '#libs/model/ir';
import { runGraph } from '#libs/model/reference';
import {
  INTEGER_KINDS,
  randomBranchyNetwork,
  randomInputs,
  randomOperatorGraph,
} from '#test/support/random-operators';
import { valueBytes } from '#test/support/golden-models';
import { inferenceDriver } from './drivers';
import { inferenceSample } from './samples';
import { describeWith, withHome } from './take-home';

jest.setTimeout(120_000);

const elementsOf = (graph: Graph, ids: readonly TensorId[]): readonly number[] =>
  ids.map((id) => elementCount(tensorOf(graph, id).shape));

/** Two inferences, by the library and by the reference. */
function expectSameBytes(graph: Graph): void {
  const runs = [1, 2].map((seed) => randomInputs(graph, seed));
  const expected = runs.flatMap((run) => {
    const values = runGraph(graph, run);
    return graph.outputs.map((id) => toHex(valueBytes(values.get(id))));
  });
  const elements = {
    inputs: elementsOf(graph, graph.inputs),
    outputs: elementsOf(graph, graph.outputs),
  };
  const input = Buffer.concat(runs.flat().map(bytesOf));
  const says = withHome(inferenceSample(graph), (home) => {
    const driver = inferenceDriver(home.name, home.prefix, elements);
    return execFileSync(home.program('gcc', driver, ['-O1']), { input });
  });
  expect(toHex(says)).toBe(expected.join(''));
}

describeWith(['gcc'], 'a library gives the bytes of the reference', () => {
  it.each(INTEGER_KINDS)('for a model of one operator: %s', (kind) =>
    expectSameBytes(randomOperatorGraph(kind, 5)),
  );

  it.each([1, 2, 3, 4, 5, 6])('for a network of many operators, drawn from %d', (seed) =>
    expectSameBytes(randomBranchyNetwork(seed)),
  );

  it('for inputs that are uint8', () => {
    const seeds = Array.from({ length: 60 }, (_, seed) => randomOperatorGraph('unary', seed));
    const graph = seeds.find(({ tensors }) => tensors.some(({ type }) => type === 'uint8'));
    expect(graph).toBeDefined();
    if (graph) expectSameBytes(graph);
  });
});
