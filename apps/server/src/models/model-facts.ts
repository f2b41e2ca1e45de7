import { ok, type Result } from '#libs/base/result';
import type { ParameterUse } from '#libs/firmware/codegen';
import { elementCount, type Graph, graphMacs, parameterCount, tensorOf } from '#libs/model/ir';
import { classifierOf, INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { type ImportError, importTflite } from '#libs/model/tflite';

/** What people want to know of a model before it runs anywhere. */
export interface ModelFacts {
  readonly inputBytes: number;
  /** Of a model that ends in a classifier. */
  readonly classes: number | null;
  readonly parameters: number;
  /** Multiply-accumulates of one inference. */
  readonly macs: number;
  /** Why it can't be trained on devices; null where it can. */
  readonly notTrainable: string | null;
}

/** The normal form of a .tflite file: what everything after the import works on. */
export function inferenceGraph(file: Uint8Array, name: string): Result<Graph, ImportError> {
  const imported = importTflite(file, { name });
  return imported.ok ? ok(runPasses(imported.value, INFERENCE_PASSES)) : imported;
}

/** What programs of this model can be asked to do: parameter images and programs must agree on it. */
export const useOf = (graph: Graph): ParameterUse => (classifierOf(graph).ok ? 'training' : 'inference');

export function modelFacts(graph: Graph): ModelFacts {
  const classifier = classifierOf(graph);
  return {
    inputBytes: graph.inputs.reduce((sum, id) => sum + elementCount(tensorOf(graph, id).shape), 0),
    classes: classifier.ok ? classifier.value.classes : null,
    parameters: parameterCount(graph),
    macs: graphMacs(graph),
    notTrainable: classifier.ok ? null : classifier.error.message,
  };
}
