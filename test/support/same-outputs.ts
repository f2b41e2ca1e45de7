import { Rng } from '#libs/base/rng';
import { elementCount, type Graph, tensorOf } from '#libs/model/ir';
import { runGraph } from '#libs/model/reference';

const CASES = 3;

/** Both graphs, with equal inputs, give equal outputs (as the reference computes them), case by case. */
export function expectSameOutputs(before: Graph, after: Graph): void {
  const rng = new Rng(7);
  for (let i = 0; i < CASES; i++) {
    const inputs = before.inputs.map((id) =>
      Int8Array.from({ length: elementCount(tensorOf(before, id).shape) }, () => rng.below(256) - 128),
    );
    const outputsOf = (graph: Graph): readonly (readonly number[])[] => {
      const values = runGraph(graph, inputs);
      return graph.outputs.map((id) => [...(values.get(id) as Int8Array)]);
    };
    expect(outputsOf(after)).toEqual(outputsOf(before));
  }
}
