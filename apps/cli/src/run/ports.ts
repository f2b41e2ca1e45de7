import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { err, fault, ok, type Result } from '#libs/base/result';
import { type Tensor, tensorBytes } from '#libs/model/ir';
import { readBytes } from '../files/read-bytes';
import { type Boundary, type Port, toFileBytes, toInsideBytes } from '../model/boundary';

/** Reads the inputs as the program takes them. Refused: `run.wrong-inputs`, `file.unreadable`. */
export function readInputs(
  { inputs }: Boundary,
  paths: readonly string[],
  int8: boolean,
): Result<readonly Uint8Array[]> {
  const tensors = inputs.map((port) => tensorAt(port, int8));
  if (paths.length !== tensors.length)
    return err(wrongCount('run.wrong-inputs', 'input', tensors, paths.length));
  const read: Uint8Array[] = [];
  for (const [index, port] of inputs.entries()) {
    const bytes = readInput(paths[index] ?? '', tensorAt(port, int8));
    if (!bytes.ok) return bytes;
    read.push(int8 ? bytes.value : toInsideBytes(port, bytes.value));
  }
  return ok(read);
}

function readInput(path: string, tensor: Tensor): Result<Uint8Array> {
  const wanted = tensorBytes(tensor);
  const bytes = readBytes(path, wanted);
  const has = bytes.ok ? `${bytes.value.length}` : `more than ${wanted}`;
  const isWrongSize = bytes.ok ? bytes.value.length !== wanted : bytes.error.code === 'file.too-large';
  return isWrongSize
    ? err(fault('run.wrong-inputs', `${path} has ${has} bytes, but input ${described(tensor)} is wanted`))
    : bytes;
}

/** Where outputs go, one path for each. Refused: `run.wrong-outputs`. */
export function checkOutputPaths(
  { outputs }: Boundary,
  paths: readonly string[],
  int8: boolean,
): Result<void> {
  if (paths.length !== outputs.length) {
    const tensors = outputs.map((port) => tensorAt(port, int8));
    return err(wrongCount('run.wrong-outputs', 'output', tensors, paths.length));
  }
  const twice = paths.find((path, index) => paths.map(placeOf).indexOf(placeOf(path)) !== index);
  return twice === undefined
    ? ok(undefined)
    : err(fault('run.wrong-outputs', `two outputs would be written to ${twice}`));
}

function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It is not there yet.
    return resolve(path);
  }
}

/** Outputs as they are written. */
export const writtenOutputs = (
  { outputs }: Boundary,
  inside: readonly Uint8Array[],
  int8: boolean,
): readonly Uint8Array[] =>
  outputs.map((port, index) => {
    const bytes = inside[index] ?? new Uint8Array();
    return int8 ? bytes : toFileBytes(port, bytes);
  });

const tensorAt = (port: Port, int8: boolean): Tensor => (int8 ? port.inside : port.file);

const wrongCount = (
  code: string,
  what: 'input' | 'output',
  tensors: readonly Tensor[],
  given: number,
): { readonly code: string; readonly message: string } =>
  fault(
    code,
    `${given} --${what} given, but the model has ${tensors.length} ${what}${tensors.length === 1 ? '' : 's'}: ` +
      tensors.map(described).join('; '),
  );

/** `"input_1", int8[1,49,10,1], 490 bytes`. */
const described = (tensor: Tensor): string =>
  `"${tensor.name}", ${tensor.type}[${tensor.shape.join(',')}], ${tensorBytes(tensor)} bytes`;
