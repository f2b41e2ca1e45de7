import { at, type Result } from '#libs/base/result';
import { generate, packParameters, parameterLayout } from '#libs/firmware/codegen';
import { placeAll } from '#libs/firmware/planner';
import { build, loadBoard, WasmModel, workshop } from '#libs/firmware/toolchain';
import { decodeDataset, item, toInput } from '#libs/model/dataset';
import { INFERENCE_PASSES, runPasses, trainingGraph } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { DemoError } from '../demo-error';
import { FOLDERS } from '../folders';
import { type InputQuantisation, inputOf } from './model-input';

/** A model that can predict. */
export interface Evaluator {
  readonly model: WasmModel;
  readonly input: InputQuantisation;
}

const HEAD_ONLY = { name: 'last', biasLayers: 0, weightLayers: [] };
const shop = workshop({ templates: FOLDERS.templates, cache: FOLDERS.buildCache });

/**
 * A .tflite file as the program that devices run, in WebAssembly: imported anew and compiled with no help from the
 * server. The training graph is taken, for its head is what devices predict with; what it could train does not matter.
 */
export async function compileForEvaluation(file: Uint8Array): Promise<Evaluator> {
  const inference = runPasses(valueOf(importTflite(file)), INFERENCE_PASSES);
  const graph = valueOf(trainingGraph(inference, HEAD_ONLY));
  const plan = placeAll(graph);
  const model = valueOf(generate({ graph, plan, layout: parameterLayout(inference) }));
  const board = valueOf(await loadBoard(shop, 'virtual-m4'));
  const { binary } = valueOf(await build(shop, { program: 'harness', target: 'wasm', board, model }));
  return { model: WasmModel.from(binary, packParameters(inference)), input: inputOf(file) };
}

/** Test recordings of an FLDS file that are predicted rightly. */
export function rightOn(
  { model, input }: Evaluator,
  recordings: Uint8Array,
): { readonly right: number; readonly items: number } {
  const dataset = toInput(valueOf(decodeDataset(recordings)), input);
  let right = 0;
  for (let index = dataset.adaptCount; index < dataset.labels.length; index++) {
    model.forward(item(dataset, index));
    if (model.predict() === at(dataset.labels, index)) right += 1;
  }
  return { right, items: dataset.labels.length - dataset.adaptCount };
}

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new DemoError(`The downloaded model can't be used: ${result.error.message}.`);
}
