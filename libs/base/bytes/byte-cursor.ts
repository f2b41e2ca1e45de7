/** A little-endian cursor over untrusted bytes. Every read past the end throws `RangeError`: catch it once, in the codec. */
export class ByteReader {
  private readonly view: DataView;
  constructor(
    private readonly bytes: Uint8Array,
    public offset = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  private advance(count: number): number {
    const start = this.offset;
    if (count < 0 || start + count > this.bytes.length) {
      throw new RangeError(`${count} bytes at ${start} of ${this.bytes.length}`);
    }
    this.offset = start + count;
    return start;
  }

  u8 = (): number => this.view.getUint8(this.advance(1));
  i8 = (): number => this.view.getInt8(this.advance(1));
  u16 = (): number => this.view.getUint16(this.advance(2), true);
  i16 = (): number => this.view.getInt16(this.advance(2), true);
  u32 = (): number => this.view.getUint32(this.advance(4), true);
  i32 = (): number => this.view.getInt32(this.advance(4), true);
  f32 = (): number => this.view.getFloat32(this.advance(4), true);

  /** A view (no copy) of the next `count` bytes. */
  take(count: number): Uint8Array {
    const start = this.advance(count);
    return this.bytes.subarray(start, start + count);
  }
}

/** A growing little-endian writer. */
export class ByteWriter {
  private buffer = new Uint8Array(256);
  private view = new DataView(this.buffer.buffer);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** Room for `count` more bytes; may replace `view`, so call it before touching that. */
  private reserve(count: number): number {
    const start = this.used;
    this.used += count;
    if (this.used > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.used, 2 * this.buffer.length));
      grown.set(this.buffer);
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    return start;
  }

  u8(value: number): void {
    const start = this.reserve(1);
    this.view.setUint8(start, value);
  }
  i8(value: number): void {
    const start = this.reserve(1);
    this.view.setInt8(start, value);
  }
  u16(value: number): void {
    const start = this.reserve(2);
    this.view.setUint16(start, value, true);
  }
  i16(value: number): void {
    const start = this.reserve(2);
    this.view.setInt16(start, value, true);
  }
  u32(value: number): void {
    const start = this.reserve(4);
    this.view.setUint32(start, value, true);
  }
  i32(value: number): void {
    const start = this.reserve(4);
    this.view.setInt32(start, value, true);
  }
  f32(value: number): void {
    const start = this.reserve(4);
    this.view.setFloat32(start, value, true);
  }
  bytes(value: Uint8Array): void {
    const start = this.reserve(value.length);
    this.buffer.set(value, start);
  }
  /** Zero bytes up to the next multiple of `alignment`. */
  align(alignment: number): void {
    this.reserve((alignment - (this.used % alignment)) % alignment);
  }
  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.used);
  }
}
