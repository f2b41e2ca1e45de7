import { type Tensor, tensorBytes } from '#libs/model/ir';

/** What is told of a tensor. */
export interface TensorDescription {
  /** Its number in the file. */
  readonly tensor: number;
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Of a tensor with one quantisation for all its elements. */
  readonly scale?: number;
  readonly zeroPoint?: number;
  /** Of one with a scale for each index of a dimension. */
  readonly axis?: number;
  readonly scales?: readonly number[];
  readonly zeroPoints?: readonly number[];
}

export function describeTensor(tensor: Tensor): TensorDescription {
  const { id, name, type, shape, quantization } = tensor;
  const described = { tensor: id, name, type, shape, bytes: tensorBytes(tensor) };
  if (quantization === undefined) return described;
  const { scales, zeroPoints, axis } = quantization;
  const [scale, zeroPoint] = [scales[0], zeroPoints[0]];
  return scales.length === 1 && scale !== undefined && zeroPoint !== undefined
    ? { ...described, scale, zeroPoint }
    : { ...described, axis, scales, zeroPoints };
}

/** `int8[1,49,10,1]`. */
export const shapeText = ({ type, shape }: Pick<TensorDescription, 'type' | 'shape'>): string =>
  `${type}[${shape.join(',')}]`;

/** `scale 0.5847029, zero point 83`, `64 scales`, or nothing. */
export function quantisationText({ scale, zeroPoint, scales, axis }: TensorDescription): string {
  if (scale !== undefined) return `scale ${Number(scale.toPrecision(7))}, zero point ${zeroPoint}`;
  return scales === undefined ? '' : `${scales.length} scales on dimension ${axis}`;
}

const LONGEST_NAME = 32;

/** The end of a name tells tensors apart; converters put whole paths before it. */
export function shortName(name: string): string {
  const line = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?');
  return line.length > LONGEST_NAME ? `…${line.slice(1 - LONGEST_NAME)}` : line;
}
