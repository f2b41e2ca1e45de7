/** A tensor: a typed, shaped, perhaps quantised value of the graph. NHWC for maps, as in TensorFlow Lite. */

declare const tensorIdBrand: unique symbol;
/** Position of a tensor in `Graph.tensors`. Passes keep the ids of tensors that survive and append new ones. */
export type TensorId = number & { readonly [tensorIdBrand]: true };
export const tensorId = (index: number): TensorId => index as TensorId;

/** Element types of TensorFlow Lite files that the compiler can name. */
export type FileType = 'int8' | 'uint8' | 'int16' | 'int32' | 'int64' | 'float32' | 'bool';

/**
 * Element types. Two exist only in training graphs:
 * - `mask`: one bit an element, packed LSB first in row-major order; 1 where a clamp let the gradient through (N2);
 * - `blockFloat`: a gradient, int16 mantissas as channel planes [C][P] followed by one int16 exponent a channel [C]
 *   (value = mantissa * 2^exponent; exponent NONE = -32768 where all mantissas of the channel are 0) (N4).
 *   Its shape is written [C, P];
 * - `blockFloat8`: the same with int8 mantissas, a byte behind an odd number of them. A graph has gradients of one type.
 */
export type ElementType = FileType | 'mask' | GradientType;

/** Element types of gradients (N4). */
export type GradientType = 'blockFloat' | 'blockFloat8';

export const isGradientType = (type: ElementType): type is GradientType =>
  type === 'blockFloat' || type === 'blockFloat8';

/**
 * Affine quantisation: real = scale * (q - zeroPoint). One entry, or one per index of `axis`.
 * Scales are float32 values held in binary64.
 */
export interface Quantization {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/**
 * Where a tensor lives.
 * - `input`/`label`/`loss`: handed in or out by the caller of the generated code (an input is read where it lies, in flash);
 * - `constant`: in the parameter image (flash);
 * - `activation`: in the arena, for the part of the step in which it is needed;
 * - `variable`: a trained copy of a constant, in the arena for the whole session.
 */
export type Role = 'input' | 'label' | 'loss' | 'constant' | 'activation' | 'variable';

export interface Tensor {
  readonly id: TensorId;
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly role: Role;
  readonly quantization?: Quantization;
  /** Constants: little-endian elements, row-major. */
  readonly data?: Uint8Array;
  /** Variables: the constant that gives the start value (N1). */
  readonly startsFrom?: TensorId;
  /** Variables: fractional bits of the stored integer: weights 0, head weights 4, biases 8 (N1). */
  readonly fractionBits?: number;
}

export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, extent) => product * extent, 1);

const ELEMENT_BYTES: Record<FileType, number> = {
  int8: 1,
  uint8: 1,
  bool: 1,
  int16: 2,
  int32: 4,
  float32: 4,
  int64: 8,
};

export const elementBytes = (type: FileType): number => ELEMENT_BYTES[type];

/** Bytes of one mantissa of a gradient. */
export const mantissaBytes = ({ type }: Pick<Tensor, 'type'>): number => (type === 'blockFloat8' ? 1 : 2);

/** Bytes of one exponent of a gradient, whatever its mantissas. */
export const EXPONENT_BYTES = 2;

/** Where the exponents begin behind so many mantissas: they are int16, which lie at even bytes. */
export const exponentsBehind = (tensor: Pick<Tensor, 'type'>, mantissas: number): number =>
  2 * Math.ceil((mantissaBytes(tensor) * mantissas) / 2);

/** Bytes of a tensor in the arena or in the parameter image. */
export function tensorBytes(tensor: Pick<Tensor, 'type' | 'shape'>): number {
  const count = elementCount(tensor.shape);
  if (tensor.type === 'mask') return Math.ceil(count / 8);
  if (isGradientType(tensor.type))
    return exponentsBehind(tensor, count) + EXPONENT_BYTES * (tensor.shape[0] ?? 0);
  return count * ELEMENT_BYTES[tensor.type];
}

/** The quantisation of a per-tensor quantised tensor: its one scale and zero point. */
export function perTensor(tensor: Tensor): { readonly scale: number; readonly zeroPoint: number } {
  const scale = tensor.quantization?.scales[0];
  const zeroPoint = tensor.quantization?.zeroPoints[0];
  if (scale === undefined || zeroPoint === undefined)
    throw new Error(`tensor ${tensor.name} is not quantised`);
  return { scale, zeroPoint };
}

/** The scale of channel `channel`, for per-tensor and per-channel quantisation alike. */
export function channelScale(tensor: Tensor, channel: number): number {
  const scales = tensor.quantization?.scales ?? [];
  const scale = scales.length === 1 ? scales[0] : scales[channel];
  if (scale === undefined) throw new Error(`tensor ${tensor.name} has no scale for channel ${channel}`);
  return scale;
}
