import { unwrap } from '#libs/base/result';
import { graphMacs, layersOf, parameterCount } from '#libs/model/ir';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import { importTflite, patchTflite, writeTflite } from './index';

const file = (model: string): string => `models/${model}/model.tflite`;
const RUNNABLE = ['mlperf_kws', 'person_detect'];

describeWithShared(RUNNABLE.map(file), 'models of others', () => {
  test.each(RUNNABLE)('%s survives writing and reading, twice with the same bytes', (model) => {
    const graph = unwrap(importTflite(sharedBytes(file(model))));
    const written = unwrap(writeTflite(graph));
    expect(unwrap(importTflite(written))).toEqual(graph);
    expect(unwrap(writeTflite(unwrap(importTflite(written))))).toEqual(written);
  });

  test.each(RUNNABLE)('the weights of %s can be patched in the file itself', (model) => {
    const bytes = sharedBytes(file(model));
    const graph = unwrap(importTflite(bytes));
    const tensor = layersOf(graph)[3]!.weights;
    const data = graph.tensors[tensor]!.data!.map((byte) => byte ^ 1);
    const patched = unwrap(importTflite(unwrap(patchTflite(bytes, [{ tensor, data }]))));
    expect(patched).toEqual({
      ...graph,
      tensors: graph.tensors.with(tensor, { ...graph.tensors[tensor]!, data }),
    });
  });

  test('mlperf_kws has the published size', () => {
    const graph = unwrap(importTflite(sharedBytes(file('mlperf_kws'))));
    expect(graph.ops.map((op) => op.kind).filter((kind) => kind.endsWith('onv2d')).length).toBe(9);
    expect([parameterCount(graph), graphMacs(graph)]).toEqual([22604, 2664768]);
  });
});

describeWithShared(
  [file('mcunet_vww'), file('mcunet_vww_int8io')],
  'models with operators that are not supported yet',
  () => {
    test.each([
      ['mcunet_vww', ['QUANTIZE', 'TRANSPOSE', 'MEAN', 'MEAN', 'DEQUANTIZE']],
      ['mcunet_vww_int8io', ['TRANSPOSE', 'MEAN', 'MEAN']],
    ])('%s is refused, naming each such operator', (model, kinds) => {
      const result = importTflite(sharedBytes(file(model)));
      const problems = result.ok ? [] : result.error.problems;
      expect(problems.map((problem) => problem.operator?.kind)).toEqual(kinds);
      expect(new Set(problems.map((problem) => problem.code))).toEqual(
        new Set(['tflite.unsupported-operator']),
      );
    });
  },
);
