import { equalBytes } from '#libs/base/bytes';
/** The models of ../shared/models with the exact bytes of TensorFlow Lite Micro. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '#libs/base/bytes';
import { at, unwrap } from '#libs/base/result';
import { type Graph, type TensorId, tensorId, tensorOf } from '#libs/model/ir';
import type { InputValue, Value } from '#libs/model/reference';
import { importTflite } from '#libs/model/tflite';
import { SHARED, sharedBytes, sharedText } from '#test/support/shared-files';

export const GOLDEN_MODELS = ['mlperf_kws', 'person_detect', 'mcunet_vww', 'mcunet_vww_int8io'] as const;
export type GoldenModel = (typeof GOLDEN_MODELS)[number];

const folder = (model: GoldenModel): string => `models/${model}`;

/** Files without which a model's tests cannot run. */
export const goldenFiles = (model: GoldenModel): readonly string[] =>
  ['model.tflite', 'manifest.json', 'input_00.bin', 'output_00.bin'].map(
    (file) => `${folder(model)}/${file}`,
  );

/** The graph as the file has it, float boundary and padding operators included. */
export const goldenGraph = (model: GoldenModel): Graph =>
  unwrap(importTflite(sharedBytes(`${folder(model)}/model.tflite`)));

/** Numbers ("00", …) of the cases that have both an input and an output. */
export function goldenCases(model: GoldenModel): readonly string[] {
  const path = join(SHARED, folder(model));
  const files = existsSync(path) ? readdirSync(path) : [];
  return files
    .map((file) => /^input_(\d+)\.bin$/.exec(file)?.[1])
    .filter((number): number is string => number !== undefined && files.includes(`output_${number}.bin`))
    .toSorted();
}

/** The bytes of an input as elements of the tensor's type. */
function elementsOf(graph: Graph, id: TensorId, bytes: Uint8Array): InputValue {
  const { buffer } = bytes.slice();
  if (tensorOf(graph, id).type === 'float32') return new Float32Array(buffer);
  return tensorOf(graph, id).type === 'uint8' ? new Uint8Array(buffer) : new Int8Array(buffer);
}

/** The one input of a case, as elements of the graph's input type. */
export const goldenInput = (model: GoldenModel, graph: Graph, number: string): InputValue =>
  elementsOf(graph, at(graph.inputs, 0), sharedBytes(`${folder(model)}/input_${number}.bin`));

/** The bytes of the one output of a case. */
export const goldenOutput = (model: GoldenModel, number: string): Uint8Array =>
  sharedBytes(`${folder(model)}/output_${number}.bin`);

/** Input and output of the integer model: those inside the float boundary where the file has one. */
export function goldenInt8(model: GoldenModel, number: string) {
  const ending = model === 'mcunet_vww' ? 'i8.bin' : 'bin';
  return {
    input: new Int8Array(sharedBytes(`${folder(model)}/input_${number}.${ending}`).buffer),
    output: sharedBytes(`${folder(model)}/output_${number}.${ending}`),
  };
}

export interface GoldenLayer {
  readonly op: number;
  readonly opname: string;
  readonly tensor: TensorId;
  /** The whole tensor in case 00. */
  readonly data: Uint8Array;
}

interface LayerLine {
  readonly op: number;
  readonly opname: string;
  readonly tensor: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Every tensor that an operator wrote in case 00. */
export function goldenLayers(model: Exclude<GoldenModel, 'mcunet_vww_int8io'>): readonly GoldenLayer[] {
  const data = sharedBytes(`${folder(model)}/layers_00.bin`);
  const lines = sharedText(`${folder(model)}/layers_00.jsonl`)
    .trim()
    .split('\n');
  return lines
    .map((line) => JSON.parse(line) as LayerLine)
    .map(({ op, opname, tensor, offset, bytes }) => ({
      op,
      opname,
      tensor: tensorId(tensor),
      data: data.subarray(offset, offset + bytes),
    }));
}

/** The results of calls that are not what the published layers say; a tensor that these do not name is wrong, too. */
export function wrongLayers(
  model: Exclude<GoldenModel, 'mcunet_vww_int8io'>,
  calls: readonly { readonly tensor: TensorId }[],
  layers: readonly Uint8Array[],
): readonly TensorId[] {
  const golden = new Map(goldenLayers(model).map(({ tensor, data }) => [tensor, data]));
  return calls.flatMap(({ tensor }, i) => {
    const [expected, layer] = [golden.get(tensor), layers[i]];
    return expected && layer && equalBytes(layer, expected) ? [] : [tensor];
  });
}

/** The bytes of what a tensor held; none where it was not written. */
export const valueBytes = (value: Value | undefined): Uint8Array =>
  value === undefined || 'mantissas' in value ? new Uint8Array(0) : bytesOf(value);
