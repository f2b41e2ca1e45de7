import { ok, type Result } from '#libs/base/result';
import type { ParameterUse } from '#libs/firmware/codegen';
import { type Graph, perTensor, tensorOf } from '#libs/model/ir';
import { classifierOf, INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { type ImportError, importTflite } from '#libs/model/tflite';

/** The normal form of a .tflite file: what everything after the import works on. */
export function inferenceGraph(file: Uint8Array, name: string): Result<Graph, ImportError> {
  const imported = importTflite(file, { name });
  return imported.ok ? ok(runPasses(imported.value, INFERENCE_PASSES)) : imported;
}

/** What programs of this model can be asked to do: parameter images and programs must agree on it. */
export const useOf = (inference: Graph): ParameterUse =>
  classifierOf(inference).ok ? 'training' : 'inference';

/** real = scale * (element - zeroPoint). */
export interface InputQuantisation {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** How the model's one input is quantised. */
export function inputQuantisation(inference: Graph): InputQuantisation {
  const [input] = inference.inputs;
  if (input === undefined) throw new Error(`model ${inference.name} has no input`);
  return perTensor(tensorOf(inference, input));
}
