import { at, type Result } from '#libs/base/result';
import { packParameters } from '#libs/firmware/codegen';
import {
  evaluationProgram,
  inferenceGraph,
  type InputQuantisation,
  inputQuantisation,
} from '#libs/firmware/program';
import { build, loadBoard, WasmModel, workshop } from '#libs/firmware/toolchain';
import { decodeDataset, item, toInput } from '#libs/model/dataset';
import { DemoError } from '../demo-error';
import { FOLDERS } from '../folders';

/** A model that can predict. */
export interface Evaluator {
  readonly model: WasmModel;
  readonly input: InputQuantisation;
}

const shop = workshop({ templates: FOLDERS.templates, cache: FOLDERS.buildCache });

/**
 * A .tflite file as the program that devices run, in WebAssembly: imported anew and compiled with no help from the
 * server.
 */
export async function compileForEvaluation(file: Uint8Array): Promise<Evaluator> {
  const inference = valueOf(inferenceGraph(file, 'downloaded'));
  const model = valueOf(evaluationProgram(inference));
  const board = valueOf(await loadBoard(shop, 'virtual-m4'));
  const { binary } = valueOf(await build(shop, { program: 'harness', target: 'wasm', board, model }));
  return { model: WasmModel.from(binary, packParameters(inference)), input: inputQuantisation(inference) };
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
