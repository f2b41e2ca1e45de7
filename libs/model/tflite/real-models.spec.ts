import { unwrap } from '#libs/base/result';
import { dumpGraph, graphMacs, layersOf, parameterCount } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import { importTflite, patchTflite, writeTflite } from './index';

const file = (model: string): string => `models/${model}/model.tflite`;
const RUNNABLE = ['mlperf_kws', 'person_detect', 'mcunet_vww', 'mcunet_vww_int8io'];

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

  test.each(RUNNABLE)('%s has a graph that every pass leaves without fault', (model) => {
    const graph = runPasses(unwrap(importTflite(sharedBytes(file(model)))), INFERENCE_PASSES);
    const kinds = new Set(graph.ops.map((op) => op.kind));
    for (const kind of ['pad', 'quantize', 'dequantize'] as const) expect(kinds).not.toContain(kind);
  });

  test('mcunet_vww with its float boundary off is mcunet_vww_int8io', () => {
    const [whole, inner] = ['mcunet_vww', 'mcunet_vww_int8io'].map((model) =>
      runPasses(unwrap(importTflite(sharedBytes(file(model)), { name: 'vww' })), INFERENCE_PASSES),
    );
    expect(dumpGraph(whole!)).toBe(dumpGraph(inner!));
  });

  test('mlperf_kws has the published size', () => {
    const graph = unwrap(importTflite(sharedBytes(file('mlperf_kws'))));
    expect(graph.ops.map((op) => op.kind).filter((kind) => kind.endsWith('onv2d')).length).toBe(9);
    expect([parameterCount(graph), graphMacs(graph)]).toEqual([22604, 2656768]);
  });
});
