import { unwrap } from '#libs/base/result';
import { decodeDataset, item } from '#libs/model/dataset';
import { objectiveOf, outputScaleOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses, trainingGraph } from '#libs/model/passes';
import { createSession } from '#libs/model/reference';
import { lossSummand, measureOf } from '#libs/model/session';
import { importTflite } from '#libs/model/tflite';

const LAST = { name: 'last', biasLayers: 0, weightLayers: [] };

/** The mean squared error of an exported file on a device's test items, by the reference alone, rounded down as devices do (N11). */
export function exportedError(file: Uint8Array, samples: Uint8Array): number {
  const graph = runPasses(unwrap(importTflite(file)), INFERENCE_PASSES);
  const session = createSession(unwrap(trainingGraph(graph, LAST)));
  const { perUnit } = measureOf(objectiveOf(graph), outputScaleOf(graph)).loss;
  const dataset = unwrap(decodeDataset(samples));
  let sum = 0;
  for (let index = dataset.adaptCount; index < dataset.labels.length; index++) {
    session.forward(item(dataset, index));
    sum += lossSummand(session.loss(dataset.labels[index]!));
  }
  return Math.floor((16 * sum) / (dataset.labels.length - dataset.adaptCount)) * perUnit;
}
