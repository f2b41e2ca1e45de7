import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { unwrap } from '#libs/base/result';
import { decodeDataset, item, toInput } from '#libs/model/dataset';
import { perTensor, tensorOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses, trainingGraph } from '#libs/model/passes';
import { createSession } from '#libs/model/reference';
import { importTflite } from '#libs/model/tflite';
import { KWS_SCHEMES } from '#test/support/kws-digits';

const DATA = resolve(__dirname, '../../apps/demo/data');

/** The share of a household's test recordings that an exported file predicts rightly, by the reference alone. */
export function exportedAccuracy(file: Uint8Array, voice: string): number {
  const graph = runPasses(unwrap(importTflite(file)), INFERENCE_PASSES);
  const session = createSession(unwrap(trainingGraph(graph, KWS_SCHEMES.fc)));
  const packed = readFileSync(join(DATA, `voice-${voice}.flds.br`));
  const recordings = unwrap(decodeDataset(new Uint8Array(brotliDecompressSync(packed))));
  const dataset = toInput(recordings, perTensor(tensorOf(graph, graph.inputs[0]!)));
  let right = 0;
  for (let index = dataset.adaptCount; index < dataset.labels.length; index++) {
    session.forward(item(dataset, index));
    if (session.predict() === dataset.labels[index]) right++;
  }
  return right / (dataset.labels.length - dataset.adaptCount);
}
