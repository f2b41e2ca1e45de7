import { Refusal } from './refusal';

/**
 * Bounded reading of a flatbuffer (https://flatbuffers.dev/internals: tables, vtables, vectors, strings).
 *
 * Every position is checked against the file before it is read. Offsets to tables, vectors and strings are unsigned
 * and point forward, and the schema has a fixed depth, so no chain of references can return to where it was. Tables
 * may still share vectors: `budget` bounds the bytes read in all, so sharing can't multiply the work.
 */
export class FlatBufferView {
  private readonly view: DataView;
  private budget: number;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.budget = 2 * bytes.length + 65536;
  }

  /** Throws unless `count` bytes at `position` lie in the file. */
  require(position: number, count: number, what: string): void {
    if (position < 0 || position + count > this.bytes.length) {
      const end = this.bytes.length;
      throw new Refusal(
        'tflite.truncated',
        `${what} at byte ${position} needs ${count} bytes, the file ends at ${end}`,
      );
    }
  }

  /** Counts `count` bytes against the reading budget of the file. */
  spend(count: number): void {
    this.budget -= count;
    if (this.budget < 0)
      throw new Refusal('tflite.corrupt', 'tables share so much that reading would cost more than the file');
  }

  u8(position: number): number {
    this.require(position, 1, 'a byte');
    return this.view.getUint8(position);
  }
  u16(position: number): number {
    this.require(position, 2, 'a 16-bit number');
    return this.view.getUint16(position, true);
  }
  i32(position: number): number {
    this.require(position, 4, 'a 32-bit number');
    return this.view.getInt32(position, true);
  }
  u32(position: number): number {
    return this.i32(position) >>> 0;
  }
  f32(position: number): number {
    this.require(position, 4, 'a float');
    return this.view.getFloat32(position, true);
  }
  /** A 64-bit integer; beyond 2^53 the nearest double, which no caller accepts anyway. */
  i64(position: number): number {
    this.require(position, 8, 'a 64-bit number');
    return Number(this.view.getBigInt64(position, true));
  }

  /** Where the offset stored at `position` points. */
  follow(position: number): number {
    const offset = this.u32(position);
    if (offset < 4) throw new Refusal('tflite.corrupt', `the offset at byte ${position} is ${offset}`);
    this.require(position + offset, 4, 'what an offset points to');
    return position + offset;
  }
}
