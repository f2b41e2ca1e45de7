import { ok, type Result } from '#libs/base/result';
import type { GeneratedModel } from '#libs/firmware/codegen';
import { evaluationProgram, inferenceGraph, inputQuantisation } from '#libs/firmware/program';
import { WasmModel } from '#libs/firmware/toolchain';
import { type Dataset, decodeDataset, item, toInput } from '#libs/model/dataset';
import { type Objective, objectiveOf } from '#libs/model/ir';
import { lossSummand, type Tally } from '#libs/model/session';

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
  readonly objective: Objective;
  /** FLDS. */
  readonly dataset: Uint8Array;
}

/**
 * A model version on a dataset's test items, counted as a device counts them (N11): of a classifier how many are right, of other models the sum
 * of their losses. The other count is 0.
 */
export function evaluateModel(input: EvaluateModelInput): Result<Tally> {
  const decoded = decodeDataset(input.dataset);
  if (!decoded.ok) return decoded;
  const graph = inferenceGraph(input.file, 'evaluated', input.objective);
  if (!graph.ok) return graph;
  const items = toInput(decoded.value, inputQuantisation(graph.value));
  const model = WasmModel.from(input.wasm, input.parameters);
  const count = objectiveOf(graph.value) === 'classify' ? countRight(model) : countLosses(model);
  return ok(testItems(items).reduce(count, { items: 0, right: 0, lossSum: 0 }));
}

interface TestItem {
  readonly features: Int8Array;
  readonly label: number;
}

const testItems = (items: Dataset): readonly TestItem[] =>
  Array.from({ length: items.labels.length - items.adaptCount }, (_, i) => ({
    features: item(items, items.adaptCount + i),
    label: items.labels[items.adaptCount + i] ?? 0,
  }));

type Count = (tally: Tally, item: TestItem) => Tally;

const countRight =
  (model: WasmModel): Count =>
  ({ items, right, lossSum }, { features, label }) => ({
    items: items + 1,
    right: right + (predict(model, features) === label ? 1 : 0),
    lossSum,
  });

const countLosses =
  (model: WasmModel): Count =>
  ({ items, right, lossSum }, { features, label }) => {
    model.forward(features);
    return { items: items + 1, right, lossSum: lossSum + lossSummand(model.loss(label)) };
  };

/** NUMERICS N2: the lowest class with the largest logit. */
function predict(model: WasmModel, input: Int8Array): number {
  const output = model.forward(input);
  if (model.facts.trains) return model.predict();
  const scores = new Int8Array(output.buffer, output.byteOffset, output.length);
  return scores.indexOf(Math.max(...scores));
}
