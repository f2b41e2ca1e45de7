import { at, unwrap } from '#libs/base/result';
import { openEngine } from '#libs/firmware/toolchain';
import type { Graph } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { buildHarness, prepare, testWorkshop } from '#test/support/harness';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';

const CASES = ['00', '01', '02', '03'];

/** A softmax saturates on random input and has no kernel: the graph ends before it. */
function untilLogits(graph: Graph): Graph {
  const end = graph.ops.findIndex((op) => op.kind === 'softmax');
  const softmax = graph.ops[end];
  return softmax?.kind === 'softmax'
    ? { ...graph, ops: graph.ops.slice(0, end), outputs: [softmax.input] }
    : graph;
}

const loaded = (model: string): Graph =>
  untilLogits(runPasses(unwrap(importTflite(sharedBytes(`models/${model}/model.tflite`))), INFERENCE_PASSES));

const models = ['mlperf_kws', 'person_detect'];
const files = models.map((model) => `models/${model}/model.tflite`);

describeWithShared(files, 'a published network, generated for inference', () => {
  test.each(models)('%s gives the logits of TensorFlow Lite Micro', async (model) => {
    const graph = loaded(model);
    const { model: generated, parameters } = prepare(graph, graph, 'inference');
    const engine = openEngine(testWorkshop, await buildHarness('wasm', generated));
    const inputs = CASES.map(
      (name) => new Int8Array(sharedBytes(`models/${model}/input_${name}.bin`).buffer),
    );
    const { outputs } = unwrap(await engine.forward({ parameters, inputs }));
    CASES.forEach((name, i) => {
      expect([...at(outputs, i)]).toEqual([...sharedBytes(`models/${model}/logits_${name}.bin`)]);
    });
  });
});
