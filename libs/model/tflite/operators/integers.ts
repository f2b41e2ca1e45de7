import type { Tensor } from '#libs/model/ir';

/** The numbers of a constant int32 or int64 tensor; undefined for any other. */
export function integersOf(tensor: Tensor): readonly number[] | undefined {
  const { data, type } = tensor;
  if (data === undefined || (type !== 'int32' && type !== 'int64')) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const size = type === 'int32' ? 4 : 8;
  const read = (at: number): number =>
    type === 'int32' ? view.getInt32(at, true) : Number(view.getBigInt64(at, true));
  return Array.from({ length: data.length / size }, (_, i) => read(i * size));
}

/** The bytes of a constant int32 tensor. */
export function int32Bytes(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setInt32(4 * i, value, true));
  return bytes;
}
