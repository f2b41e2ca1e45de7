import { ok, type Result } from '#libs/base/result';
import type { ParameterUse } from '#libs/firmware/codegen';
import {
  type Graph,
  type Objective,
  type ObjectiveFault,
  perTensor,
  tensorOf,
  withObjective,
} from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses, trainabilityFault } from '#libs/model/passes';
import { type ImportError, importTflite } from '#libs/model/tflite';

/** A .tflite file as a graph, before and after the passes. Tensors that are in both have the file's numbers in both. */
export interface ImportedModel {
  /** As the file has it: perhaps with a float boundary and paddings of their own. */
  readonly file: Graph;
  /** The normal form: what everything after the import works on. */
  readonly inference: Graph;
}

/** Reads a .tflite file. */
export function importedModel(bytes: Uint8Array, name: string): Result<ImportedModel, ImportError> {
  const file = importTflite(bytes, { name });
  if (!file.ok) return file;
  return ok({ file: file.value, inference: runPasses(file.value, INFERENCE_PASSES) });
}

/** The same, told what it is to learn; with nothing said it stays as it looks. */
export function toldModel(
  { file, inference }: ImportedModel,
  objective: Objective | undefined,
): Result<ImportedModel, ObjectiveFault> {
  if (objective === undefined) return ok({ file, inference });
  const told = withObjective(inference, objective);
  return told.ok ? ok({ file: { ...file, objective }, inference: told.value }) : told;
}

/**
 * The normal form of a .tflite file.
 * @param objective what it is to learn, where that was settled before; absent: what it looks like
 */
export function inferenceGraph(
  bytes: Uint8Array,
  name: string,
  objective?: Objective,
): Result<Graph, ImportError> {
  const model = importedModel(bytes, name);
  return model.ok ? ok({ ...model.value.inference, ...(objective && { objective }) }) : model;
}

/** The head alone, or the last layer of a network without one. */
const LEAST = { name: 'last', biasLayers: 0, weightLayers: [] };

/** What programs of this model can be asked to do: parameter images and programs must agree on it. */
export const useOf = (inference: Graph): ParameterUse =>
  trainabilityFault(inference, LEAST) === undefined ? 'training' : 'inference';

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
