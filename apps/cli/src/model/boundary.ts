import { at } from '#libs/base/result';
import { type Graph, perTensor, type Tensor, type TensorId, tensorOf } from '#libs/model/ir';
import { dequantizeToFloat, quantizeFloat } from '#libs/model/quant';
import type { ModelFile } from './read-model';

/** One input or output of a model. */
export interface Port {
  /** As the file has it. */
  readonly file: Tensor;
  /** As the program has it: the quantised tensor inside a float boundary, else the same. */
  readonly inside: Tensor;
}

export interface Boundary {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Inputs and outputs of a model, in the order of the file. */
export function boundaryOf({ file, inference }: Pick<ModelFile, 'file' | 'inference'>): Boundary {
  const ports = (of: (graph: Graph) => readonly TensorId[]): readonly Port[] =>
    of(file).map((id, index) => ({
      file: tensorOf(file, id),
      inside: tensorOf(inference, at(of(inference), index)),
    }));
  return { inputs: ports((graph) => graph.inputs), outputs: ports((graph) => graph.outputs) };
}

/** Is there a float boundary at this port? */
export const isFloat = ({ file, inside }: Port): boolean =>
  file.type === 'float32' && inside.type !== 'float32';

/** An input's bytes as the program takes them: floats are quantised as TensorFlow Lite's QUANTIZE does. */
export function toInsideBytes(port: Port, bytes: Uint8Array): Uint8Array {
  if (!isFloat(port)) return bytes;
  const floats = new Float32Array(new Uint8Array(bytes).buffer);
  return new Uint8Array(quantizeFloat(floats, perTensor(port.inside)).buffer);
}

/** An output's bytes as the file types them: dequantised as DEQUANTIZE does. */
export function toFileBytes(port: Port, bytes: Uint8Array): Uint8Array {
  if (!isFloat(port)) return bytes;
  const stored = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  return new Uint8Array(dequantizeToFloat(stored, perTensor(port.inside)).buffer);
}
