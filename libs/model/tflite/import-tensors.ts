import {
  elementCount,
  type FileType,
  type Quantization,
  type Role,
  type Tensor,
  tensorBytes,
  tensorId,
} from '#libs/model/ir';
import { asRefusal, Refusal } from './flatbuffer/refusal';
import { quoted } from './import-error';
import type { ImportLimits } from './limits';
import type { BufferEntry, ModelFile, QuantizationEntry, TensorEntry } from './read-model';
import { FILE_TYPES, TENSOR_TYPE_NAMES } from './schema/enums';

/** The zero points that a value of a type can have. Wider types are symmetric in TensorFlow Lite's quantisation specification. */
const ZERO_POINTS: Partial<Record<FileType, { readonly from: number; readonly to: number }>> = {
  int8: { from: -128, to: 127 },
  uint8: { from: 0, to: 255 },
};
const SYMMETRIC = { from: 0, to: 0 };

/** Types whose values are what they are, whatever a converter left behind. */
const UNQUANTIZED: ReadonlySet<FileType> = new Set<FileType>(['float32', 'bool', 'int64']);

/** The name a tensor goes by: its own, or its number where the file gives none. */
export const tensorName = (entry: TensorEntry | undefined, index: number): string =>
  entry?.name || `tensor${index}`;

/** A tensor of the file as one of the graph. Of a refused one only number, name and shape (unchecked) are the file's. */
export interface ImportedTensor {
  readonly tensor: Tensor;
  readonly isRefused: boolean;
}

/** All tensors by number; `refused` is told of each that does not suit. */
export const importTensors = (
  model: ModelFile,
  limits: ImportLimits,
  refused: (refusal: Refusal) => void,
): readonly ImportedTensor[] =>
  model.tensors.map((entry, index) => {
    try {
      return { tensor: importTensor(model, index, limits), isRefused: false };
    } catch (error) {
      refused(asRefusal(error));
      return { tensor: placeholder(entry, index), isRefused: true };
    }
  });

const placeholder = (entry: TensorEntry, index: number): Tensor => ({
  id: tensorId(index),
  name: tensorName(entry, index),
  type: 'int8',
  shape: entry.shape,
  role: 'activation',
});

/** One tensor of the file as a tensor of the graph; its number stays. Throws a `Refusal`. */
function importTensor(model: ModelFile, index: number, limits: ImportLimits): Tensor {
  const entry = model.tensors[index];
  if (entry === undefined) throw new Refusal('tflite.corrupt', `the file has no tensor ${index}`);
  const name = tensorName(entry, index);
  const refuse = (code: string, what: string): never => {
    throw new Refusal(code, `tensor ${index} ${quoted(name)}: ${what}`, index);
  };
  const type = elementType(entry, refuse);
  const shape = checkedShape(entry.shape, limits, refuse);
  const quantization = entry.quantization && importQuantization(entry.quantization, type, shape, refuse);
  const data = model.inputs.includes(index)
    ? undefined
    : constantData(model.buffers[entry.buffer], { type, shape }, refuse);
  const role: Role = data ? 'constant' : model.inputs.includes(index) ? 'input' : 'activation';
  return {
    id: tensorId(index),
    name,
    type,
    shape,
    role,
    ...(quantization && { quantization }),
    ...(data && { data }),
  };
}

type Refuse = (code: string, what: string) => never;

function elementType(entry: TensorEntry, refuse: Refuse): FileType {
  const type = FILE_TYPES.get(entry.type);
  if (type === undefined)
    return refuse(
      'tflite.unsupported-type',
      `elements of type ${TENSOR_TYPE_NAMES[entry.type] ?? entry.type}; full integer quantisation to int8 is needed`,
    );
  if (entry.isSparse)
    return refuse('tflite.unsupported-option', 'sparse storage; export the model with dense weights');
  if (entry.isVariable)
    return refuse('tflite.unsupported-option', 'a variable, which keeps its value between runs');
  return type;
}

function checkedShape(shape: readonly number[], limits: ImportLimits, refuse: Refuse): readonly number[] {
  if (shape.some((extent) => extent < 1)) {
    return refuse(
      'tflite.bad-shape',
      `shape [${shape.join(',')}]; every extent must be known and at least 1`,
    );
  }
  if (elementCount(shape) > limits.elements) {
    return refuse('tflite.too-large', `${elementCount(shape)} elements, the limit is ${limits.elements}`);
  }
  return shape;
}

function importQuantization(
  entry: QuantizationEntry,
  type: FileType,
  shape: readonly number[],
  refuse: Refuse,
): Quantization | undefined {
  const { scales, zeroPoints, isCustom } = entry;
  if (isCustom)
    return refuse('tflite.bad-quantization', 'a custom quantisation; only the affine one is known');
  if (scales.length === 0 || UNQUANTIZED.has(type)) return undefined;
  const axis = quantizedAxis(entry, shape, refuse);
  if (!scales.every((scale) => Number.isFinite(scale) && scale > 0)) {
    return refuse('tflite.bad-quantization', 'a scale is not a positive number');
  }
  if (zeroPoints.length !== scales.length) {
    return refuse('tflite.bad-quantization', `${scales.length} scales but ${zeroPoints.length} zero points`);
  }
  const { from, to } = ZERO_POINTS[type] ?? SYMMETRIC;
  if (!zeroPoints.every((zeroPoint) => zeroPoint >= from && zeroPoint <= to)) {
    return refuse('tflite.bad-quantization', `a zero point outside ${from}..${to}, the range of ${type}`);
  }
  return { scales, zeroPoints, axis };
}

/** Converters write any axis for a bias (whose one axis it must be) and for a tensor with one scale (where it says nothing). */
function quantizedAxis(entry: QuantizationEntry, shape: readonly number[], refuse: Refuse): number {
  const { axis, scales } = entry;
  const isKnown = axis >= 0 && axis < shape.length;
  if (scales.length === 1) return isKnown ? axis : 0;
  const used = shape.length === 1 ? 0 : axis;
  if (shape[used] === scales.length) return used;
  return refuse(
    'tflite.bad-quantization',
    `${scales.length} scales on dimension ${axis} of shape [${shape.join(',')}]`,
  );
}

function constantData(
  buffer: BufferEntry | undefined,
  tensor: Pick<Tensor, 'type' | 'shape'>,
  refuse: Refuse,
): Uint8Array | undefined {
  if (buffer === undefined) return refuse('tflite.bad-buffer', 'names a buffer that the file does not have');
  if (buffer.isExternal)
    return refuse('tflite.unsupported-option', 'data outside the flatbuffer; export the model in one piece');
  const wanted = tensorBytes(tensor);
  if (buffer.data !== undefined && buffer.data.length !== wanted) {
    return refuse('tflite.bad-buffer', `${buffer.data.length} bytes of data, the shape needs ${wanted}`);
  }
  return buffer.data;
}
