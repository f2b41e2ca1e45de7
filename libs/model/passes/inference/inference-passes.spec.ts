/** All passes together, on every operator and on models of others. */
import { dumpGraph, elementCount, type Graph, tensorOf } from '#libs/model/ir';
import { SEED_MODELS, seedModel } from '#test/fuzz/import/seed-models';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { expectSameOutputs } from '#test/support/same-outputs';
import { classifierOf, INFERENCE_PASSES, runPasses } from '..';

const passed = (graph: Graph): Graph => runPasses(graph, INFERENCE_PASSES);

const INTEGER = SEED_MODELS.filter((name) => name !== 'float-boundary' && name !== 'unsigned');

describe('the inference passes', () => {
  it.each(INTEGER)('keep the outputs of %s, and the ids of its tensors', (name) => {
    const graph = seedModel(name);
    const after = passed(graph);
    expect(after.tensors).toEqual(graph.tensors);
    expectSameOutputs(graph, after);
  });

  it('leave what they have left', () => {
    for (const name of SEED_MODELS) {
      const after = passed(seedModel(name));
      expect(passed(after)).toEqual(after);
    }
  });

  it('leave no float tensor in use', () => {
    const graph = passed(seedModel('float-boundary'));
    expect(graph.inputs.map((id) => tensorOf(graph, id).type)).toEqual(['int8', 'int8']);
    expect(dumpGraph(graph)).not.toContain('float32');
    expect(graph.outputs.map((id) => elementCount(tensorOf(graph, id).shape))).toEqual([4, 4, 4]);
  });

  it('change nothing but the paddings of the demonstration model', () => {
    const graph = kwsDigitsGraph();
    expect(passed(graph)).toEqual(graph);
    expect(classifierOf(graph).ok).toBe(true);
    expect(graph.ops.map(({ kind }) => kind).slice(-3)).toEqual([
      'averagePool2d',
      'reshape',
      'fullyConnected',
    ]);
  });
});
