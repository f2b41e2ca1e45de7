import { at, unwrap } from '#libs/base/result';
import { perTensor, tensorOf } from '#libs/model/ir';
import { importTflite } from '#libs/model/tflite';

/** real = scale * (element - zeroPoint). */
export interface InputQuantisation {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** How the model in a .tflite file wants its input. */
export function inputOf(file: Uint8Array): InputQuantisation {
  const graph = unwrap(importTflite(file));
  return perTensor(tensorOf(graph, at(graph.inputs, 0)));
}
