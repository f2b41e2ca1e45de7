import { toHex } from '#libs/base/bytes';
import { at } from '#libs/base/result';
import { type Graph, tensorOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import {
  GOLDEN_MODELS,
  goldenCases,
  goldenFiles,
  goldenGraph,
  goldenInput,
  goldenInt8,
  goldenLayers,
  goldenOutput,
  valueBytes,
} from '#test/support/golden-models';
import { describeWithShared } from '#test/support/shared-files';
import { type InputValue, runGraph } from './run-graph';

const outputHex = (graph: Graph, input: InputValue): string =>
  toHex(valueBytes(runGraph(graph, [input]).get(at(graph.outputs, 0))));

describe.each(GOLDEN_MODELS)('the reference on %s', (model) => {
  describeWithShared(goldenFiles(model), 'against TensorFlow Lite Micro', () => {
    it.each(goldenCases(model))('gives the output of case %s', (number) => {
      const graph = goldenGraph(model);
      const expected = toHex(goldenOutput(model, number));
      expect(outputHex(graph, goldenInput(model, graph, number))).toBe(expected);
    });

    it.each(goldenCases(model))('gives the output of case %s in the normal form', (number) => {
      const graph = runPasses(goldenGraph(model), INFERENCE_PASSES);
      const { input, output } = goldenInt8(model, number);
      expect(tensorOf(graph, at(graph.inputs, 0)).type).toBe('int8');
      expect(outputHex(graph, input)).toBe(toHex(output));
    });
  });
});

const TRACED = ['mlperf_kws', 'person_detect', 'mcunet_vww'] as const;

describe.each(TRACED)('the reference on %s', (model) => {
  describeWithShared([`models/${model}/layers_00.bin`], 'layer by layer', () => {
    it('gives every intermediate tensor of TensorFlow Lite Micro byte for byte', () => {
      const graph = goldenGraph(model);
      const values = runGraph(graph, [goldenInput(model, graph, '00')]);
      const layers = goldenLayers(model);
      expect(layers.length).toBe(graph.ops.length);
      for (const { op, opname, tensor, data } of layers) {
        const expected = `${op} ${opname} ${toHex(data)}`;
        expect(`${op} ${opname} ${toHex(valueBytes(values.get(tensor)))}`).toBe(expected);
      }
    });
  });
});
