import { ok, type Result } from '#libs/base/result';
import type { GeneratedModel } from '#libs/firmware/codegen';
import { evaluationProgram, inferenceGraph, inputQuantisation } from '#libs/firmware/program';
import { WasmModel } from '#libs/firmware/toolchain';
import { decodeDataset, item, toInput } from '#libs/model/dataset';
import type { Objective } from '#libs/model/ir';

export interface PlanEvaluationInput {
  readonly file: Uint8Array;
  readonly name: string;
  readonly objective: Objective;
}

/** The program that evaluates a model on the server. */
export function planEvaluation({ file, name, objective }: PlanEvaluationInput): Result<GeneratedModel> {
  const inference = inferenceGraph(file, name, objective);
  return inference.ok ? evaluationProgram(inference.value) : inference;
}

export interface EvaluateModelInput {
  /** The program of `planEvaluation`, as WebAssembly. */
  readonly wasm: Uint8Array;
  readonly parameters: Uint8Array;
  /** The version's .tflite file: its input quantisation. */
  readonly file: Uint8Array;
  /** FLDS. */
  readonly dataset: Uint8Array;
}

export interface Evaluation {
  readonly items: number;
  readonly right: number;
}

/** How many of a dataset's test items a model version predicts rightly. */
export function evaluateModel({ wasm, parameters, file, dataset }: EvaluateModelInput): Result<Evaluation> {
  const decoded = decodeDataset(dataset);
  if (!decoded.ok) return decoded;
  const graph = inferenceGraph(file, 'evaluated');
  if (!graph.ok) return graph;
  const items = toInput(decoded.value, inputQuantisation(graph.value));
  const model = WasmModel.from(wasm, parameters);
  let right = 0;
  for (let index = items.adaptCount; index < items.labels.length; index++) {
    if (predict(model, item(items, index)) === items.labels[index]) right++;
  }
  return ok({ items: items.labels.length - items.adaptCount, right });
}

/** NUMERICS N2: the lowest class with the largest logit. */
function predict(model: WasmModel, input: Int8Array): number {
  const output = model.forward(input);
  if (model.facts.trains) return model.predict();
  const scores = new Int8Array(output.buffer, output.byteOffset, output.length);
  return scores.indexOf(Math.max(...scores));
}
