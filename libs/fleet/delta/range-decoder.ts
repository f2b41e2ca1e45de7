import { END_STEP, LEAST_RANGE, MOST_PLAIN_BITS, type Slot } from './range-encoder';

const BYTE = 0x100;
/** Bytes that the encoder leaves out at the end. */
const OMITTED = 2;

/**
 * Reads zeros past the end; `isPastEnd` tells. What no encoder writes is noted in `isImpossible`, and reading goes on with
 * numbers that mean nothing.
 */
export class RangeDecoder {
  private position = 0;
  private range = 0xffff_ffff;
  /** What was read, above the lowest number of the range. */
  private offset = 0;
  private impossible = false;

  constructor(private readonly bytes: Uint8Array) {
    for (let i = 0; i < 4; i++) this.offset = this.offset * BYTE + this.next();
  }

  /** The place of the next symbol among 2^16. */
  place(): number {
    return this.bounded(Math.floor(this.offset / this.unit), 65_535);
  }

  /** Steps over the symbol that was there. */
  take({ below, upTo }: Slot): void {
    const unit = this.unit;
    this.offset -= unit * below;
    this.narrow(unit * (upTo - below));
  }

  plain(width: number): number {
    let value = 0;
    for (let left = width; left > 0;) {
      const bits = Math.min(left, MOST_PLAIN_BITS);
      left -= bits;
      const unit = Math.floor(this.range / 2 ** bits);
      const part = this.bounded(Math.floor(this.offset / unit), 2 ** bits - 1);
      this.offset -= unit * part;
      this.narrow(unit);
      value = value * 2 ** bits + part;
    }
    return value;
  }

  get isPastEnd(): boolean {
    return this.position > this.bytes.length + OMITTED;
  }

  /** Whole bytes that nothing was read of. */
  get bytesLeft(): number {
    return this.bytes.length + OMITTED - this.position;
  }

  /** Something was read that stands for no symbol. */
  get isImpossible(): boolean {
    return this.impossible;
  }

  /** The end is the number that the encoder takes. */
  get isEndProper(): boolean {
    return this.offset < END_STEP;
  }

  private get unit(): number {
    return Math.floor(this.range / 65_536);
  }

  private bounded(value: number, most: number): number {
    if (value <= most) return value;
    this.impossible = true;
    this.offset = 0;
    return 0;
  }

  private narrow(range: number): void {
    this.range = range;
    while (this.range < LEAST_RANGE) {
      this.offset = this.offset * BYTE + this.next();
      this.range *= BYTE;
    }
  }

  private next(): number {
    return this.bytes[this.position++] ?? 0;
  }
}
