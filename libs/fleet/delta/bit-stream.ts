/** Streams of bits, least significant first (DELTA.md). */

export class BitWriter {
  private readonly bytes: number[] = [];
  private pending = 0;
  private pendingBits = 0;

  /** The low `width` bits of `value`; width 0..25. */
  put(value: number, width: number): void {
    this.pending |= value << this.pendingBits;
    this.pendingBits += width;
    while (this.pendingBits >= 8) {
      this.bytes.push(this.pending & 0xff);
      this.pending >>>= 8;
      this.pendingBits -= 8;
    }
  }

  /** What was put, filled with 0 bits to a whole byte. */
  finish(): Uint8Array {
    return Uint8Array.from(this.pendingBits > 0 ? [...this.bytes, this.pending & 0xff] : this.bytes);
  }
}

/** Reads zeros past the end; `isPastEnd` tells. */
export class BitReader {
  private position = 0;
  constructor(private readonly bytes: Uint8Array) {}

  /** `width` bits, 0..25. */
  get(width: number): number {
    const byte = this.position >>> 3;
    const at = (i: number): number => this.bytes[byte + i] ?? 0;
    const word = at(0) | (at(1) << 8) | (at(2) << 16) | (at(3) << 24);
    const value = (word >>> (this.position & 7)) & ((1 << width) - 1);
    this.position += width;
    return value;
  }

  get isPastEnd(): boolean {
    return this.position > 8 * this.bytes.length;
  }

  /** Whole bytes that nothing was read of. */
  get bytesLeft(): number {
    return this.bytes.length - Math.ceil(this.position / 8);
  }

  /** The bits of the last byte that was read from, beyond those read. */
  get padding(): number {
    return (this.position & 7) === 0 ? 0 : (this.bytes[this.position >>> 3] ?? 0) >>> (this.position & 7);
  }
}
