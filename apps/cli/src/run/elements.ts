import type { ElementType } from '#libs/model/ir';
import type { Value } from '#libs/model/reference';

/** Bytes as the 8-bit elements that models take. */
export const elementsAs = (type: ElementType, bytes: Uint8Array): Int8Array | Uint8Array =>
  type === 'uint8' ? bytes : new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** The bytes of a tensor's value, little-endian as this machine is. */
export function bytesOf(value: Value): Uint8Array {
  if ('mantissas' in value) throw new Error('an inference has no gradients');
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
