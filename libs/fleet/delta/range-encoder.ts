/** Arithmetic coding by ranges (DELTA.md, "Stream"). */

const BYTE = 0x100;
const WORD = 0x1_0000_0000;
/** A range below this is widened by a byte before anything is coded. */
export const LEAST_RANGE = 0x100_0000;
/**
 * What is coded ends with a multiple of this. A range has room for many, so that all numbers from there to the next one stand for the same
 * elements: no encoding is the beginning of another.
 */
export const END_STEP = 0x1_0000;
/** So many plain bits are coded at once. */
export const MOST_PLAIN_BITS = 16;

/** Symbols [below, upTo) of a total of 2^16. */
export interface Slot {
  readonly below: number;
  readonly upTo: number;
}

/** Numbers below 2^32 as JavaScript's: sums don't wrap, so that a carry is seen. */
export class RangeEncoder {
  private readonly bytes: number[] = [];
  private low = 0;
  private range = WORD - 1;

  symbol({ below, upTo }: Slot): void {
    const unit = Math.floor(this.range / 65_536);
    this.add(unit * below);
    this.narrow(unit * (upTo - below));
  }

  /** The low `width` bits of `value`, as they are. */
  plain(value: number, width: number): void {
    for (let left = width; left > 0;) {
      const bits = Math.min(left, MOST_PLAIN_BITS);
      left -= bits;
      const unit = Math.floor(this.range / 2 ** bits);
      this.add(unit * ((value >>> left) & (2 ** bits - 1)));
      this.narrow(unit);
    }
  }

  /** Ends with the lowest number of the range whose last two bytes are 0; they are left out. */
  finish(): Uint8Array {
    this.add(END_STEP - 1);
    this.bytes.push(Math.floor(this.low / LEAST_RANGE), Math.floor(this.low / END_STEP) % BYTE);
    return Uint8Array.from(this.bytes);
  }

  private add(amount: number): void {
    this.low += amount;
    if (this.low < WORD) return;
    this.low -= WORD;
    this.carry();
  }

  /** One more in the last byte: what is 255 becomes 0 and carries on. */
  private carry(): void {
    let last = this.bytes.length - 1;
    while (this.bytes[last] === BYTE - 1) this.bytes[last--] = 0;
    this.bytes[last] = (this.bytes[last] ?? 0) + 1;
  }

  private narrow(range: number): void {
    this.range = range;
    while (this.range < LEAST_RANGE) {
      this.bytes.push(Math.floor(this.low / LEAST_RANGE));
      this.low = (this.low % LEAST_RANGE) * BYTE;
      this.range *= BYTE;
    }
  }
}
