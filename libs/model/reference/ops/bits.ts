/** Masks are packed bits, LSB first, in row-major order of the tensor. */
export function setBit(bits: Uint8Array, index: number, value: boolean): void {
  const byte = index >> 3;
  const bit = 1 << (index & 7);
  bits[byte] = value ? (bits[byte] as number) | bit : (bits[byte] as number) & ~bit;
}

export const hasBit = (bits: Uint8Array, index: number): boolean =>
  (((bits[index >> 3] as number) >> (index & 7)) & 1) === 1;
