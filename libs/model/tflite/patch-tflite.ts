import { err, ok, type Result } from '#libs/base/result';
import type { TensorId } from '#libs/model/ir';
import { asRefusal, Refusal } from './flatbuffer/refusal';
import { quoted } from './import-error';
import { tensorName } from './import-tensors';
import { DEFAULT_LIMITS } from './limits';
import { type ModelFile, readModel, type TensorEntry } from './read-model';

/** New contents of one tensor; what is not given stays. */
export interface TensorPatch {
  readonly tensor: TensorId;
  /** Constants: as many bytes as before, in the layout of the file (little-endian, row-major). */
  readonly data?: Uint8Array;
  /** As many scales as before. */
  readonly scales?: readonly number[];
}

/**
 * The file with the contents of some tensors replaced in place: how a trained model leaves in the file it came in.
 * Every other byte stays as it was. `bytes` is not touched.
 *
 * Refusals, besides those of `ImportError` that concern the file as a whole:
 *
 * - `tflite.no-such-tensor`, `tflite.patched-twice`
 * - `tflite.wrong-length`: other than the number of bytes or scales that the tensor has in the file
 * - `tflite.bad-quantization`: a scale that is no positive float32
 * - `tflite.shared`: another tensor uses the same bytes, so the patch would change it as well
 */
export function patchTflite(bytes: Uint8Array, patches: readonly TensorPatch[]): Result<Uint8Array> {
  const patched = new Uint8Array(bytes);
  try {
    const model = readModel(patched, DEFAULT_LIMITS);
    expectDistinct(patches);
    const places = patches.map((patch) => placesOf(model, patch));
    places.flat().forEach((place) => expectUnshared(model, place));
    for (const { target, source } of places.flat()) target.set(source);
    return ok(patched);
  } catch (error) {
    const { code, message } = asRefusal(error);
    return err({ code, message });
  }
}

/** Bytes of the file (a view of it) and what replaces them. */
interface Place {
  readonly tensor: number;
  readonly name: string;
  readonly target: Uint8Array;
  readonly source: Uint8Array;
}

function expectDistinct(patches: readonly TensorPatch[]): void {
  const seen = new Set<TensorId>();
  for (const { tensor } of patches) {
    if (seen.has(tensor)) throw new Refusal('tflite.patched-twice', `tensor ${tensor} is patched twice`);
    seen.add(tensor);
  }
}

function placesOf(model: ModelFile, patch: TensorPatch): readonly Place[] {
  const { tensor } = patch;
  const entry = model.tensors[tensor];
  if (entry === undefined) {
    throw new Refusal(
      'tflite.no-such-tensor',
      `the file has no tensor ${tensor}, only 0 to ${model.tensors.length - 1}`,
    );
  }
  const name = tensorName(entry, tensor);
  const replace = (target: Uint8Array, source: Uint8Array): Place => {
    if (target.length === source.length) return { tensor, name, target, source };
    throw new Refusal(
      'tflite.wrong-length',
      `tensor ${tensor} ${quoted(name)} has ${target.length} bytes there, the patch ${source.length}`,
    );
  };
  return [
    ...(patch.data ? [replace(dataOf(model, entry), patch.data)] : []),
    ...(patch.scales ? [replace(scalesOf(entry), scaleBytes(patch.scales, name))] : []),
  ];
}

const NO_BYTES = new Uint8Array();
const dataOf = (model: ModelFile, entry: TensorEntry): Uint8Array =>
  model.buffers[entry.buffer]?.data ?? NO_BYTES;
const scalesOf = (entry: TensorEntry): Uint8Array => entry.quantization?.scaleBytes ?? NO_BYTES;

function scaleBytes(scales: readonly number[], name: string): Uint8Array {
  const values = Float32Array.from(scales);
  if (!values.every((scale) => Number.isFinite(scale) && scale > 0)) {
    throw new Refusal('tflite.bad-quantization', `a new scale of ${quoted(name)} is no positive float32`);
  }
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  values.forEach((scale, i) => view.setFloat32(4 * i, scale, true));
  return bytes;
}

const overlap = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteOffset < b.byteOffset + b.length && b.byteOffset < a.byteOffset + a.length;

/** Two tensors may name one buffer, and a file may make vectors overlap: patching one would silently change the other. */
function expectUnshared(model: ModelFile, place: Place): void {
  model.tensors.forEach((entry, index) => {
    const isOther = index !== place.tensor;
    const users = [dataOf(model, entry), scalesOf(entry)].filter((bytes) => overlap(bytes, place.target));
    if (users.length > (isOther ? 0 : 1)) {
      const other = isOther
        ? `tensor ${index} ${quoted(tensorName(entry, index))}`
        : 'its own other contents';
      throw new Refusal(
        'tflite.shared',
        `tensor ${place.tensor} ${quoted(place.name)} shares the bytes with ${other}`,
      );
    }
  });
}
