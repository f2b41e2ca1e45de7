import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '#libs/base/result';
import { type Graph, tensorBytes, tensorOf } from '#libs/model/ir';
import { readInference } from '../compile-model';

/** A model with inputs and the outputs that TensorFlow Lite Micro's reference kernels give for them. */
export interface GoldenModel {
  readonly name: string;
  readonly inference: Graph;
  readonly cases: readonly { readonly input: Uint8Array; readonly output: Uint8Array }[];
}

const NAMES = ['mlperf_kws', 'person_detect', 'mcunet_vww', 'mcunet_vww_int8io'];
const MODEL_FILE = 'model.tflite';

/** Names of the golden models that a folder has. */
export const goldenModelNames = (folder: string): readonly string[] =>
  NAMES.filter((name) => existsSync(join(folder, name, MODEL_FILE)));

export function readGoldenModel(folder: string, name: string): GoldenModel {
  const file = (...parts: readonly string[]): string => join(folder, name, ...parts);
  const inference = { ...readInference(file(MODEL_FILE)), name };
  // Of a model with a float boundary: the quantised tensors inside.
  const ending = existsSync(file('input_00.i8.bin')) ? 'i8.bin' : 'bin';
  const numbers = readdirSync(file())
    .map((entry) => new RegExp(`^input_(\\d+)\\.${ending.replace('.', '\\.')}$`).exec(entry)?.[1])
    .filter((number) => number !== undefined)
    .sort();
  const cases = numbers.map((number) => ({
    input: readSized(file(`input_${number}.${ending}`), inference, at(inference.inputs, 0)),
    output: readSized(file(`output_${number}.${ending}`), inference, at(inference.outputs, 0)),
  }));
  return { name, inference, cases };
}

function readSized(path: string, graph: Graph, id: Graph['inputs'][number]): Uint8Array {
  const bytes = new Uint8Array(readFileSync(path));
  const wanted = tensorBytes(tensorOf(graph, id));
  if (bytes.length !== wanted) throw new Error(`${path} has ${bytes.length} bytes, not ${wanted}`);
  return bytes;
}
