import type { FlatBufferView } from './flatbuffer-view';
import { Refusal } from './refusal';

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A vector of the file: where its elements start, and how many there are. */
export interface VectorView {
  readonly position: number;
  readonly length: number;
}

/** One table. Fields are asked for by number; an absent one gives the default of the schema. */
export class TableView {
  private readonly vtable: number;
  private readonly vtableBytes: number;
  private readonly tableBytes: number;

  constructor(
    private readonly file: FlatBufferView,
    private readonly position: number,
  ) {
    file.spend(16);
    this.vtable = position - file.i32(position);
    this.vtableBytes = file.u16(this.vtable);
    this.tableBytes = file.u16(this.vtable + 2);
    if (this.vtableBytes < 4 || this.vtableBytes % 2 !== 0 || this.tableBytes < 4) {
      throw new Refusal('tflite.corrupt', `the table at byte ${position} has a malformed vtable`);
    }
    file.require(this.vtable, this.vtableBytes, 'a vtable');
    file.require(position, this.tableBytes, 'a table');
  }

  /** The root table of a file whose header has been checked. */
  static root(file: FlatBufferView): TableView {
    return new TableView(file, file.follow(0));
  }

  /** The byte position of a field of `size` bytes, or undefined where the table does not hold it. */
  private locate(field: number, size: number): number | undefined {
    const slot = 4 + 2 * field;
    if (slot + 2 > this.vtableBytes) return undefined;
    const offset = this.file.u16(this.vtable + slot);
    if (offset === 0) return undefined;
    if (offset < 4 || offset + size > this.tableBytes) {
      throw new Refusal(
        'tflite.corrupt',
        `field ${field} of the table at byte ${this.position} lies outside it`,
      );
    }
    return this.position + offset;
  }

  has(field: number): boolean {
    return this.locate(field, 1) !== undefined;
  }
  u8(field: number, absent = 0): number {
    const position = this.locate(field, 1);
    return position === undefined ? absent : this.file.u8(position);
  }
  i8(field: number, absent = 0): number {
    return (this.u8(field, absent) << 24) >> 24;
  }
  flag(field: number): boolean {
    return this.u8(field) !== 0;
  }
  i32(field: number, absent = 0): number {
    const position = this.locate(field, 4);
    return position === undefined ? absent : this.file.i32(position);
  }
  u32(field: number): number {
    return this.i32(field) >>> 0;
  }
  f32(field: number): number {
    const position = this.locate(field, 4);
    return position === undefined ? 0 : this.file.f32(position);
  }

  table(field: number): TableView | undefined {
    const position = this.locate(field, 4);
    return position === undefined ? undefined : new TableView(this.file, this.file.follow(position));
  }

  /** The extent of a vector of `elementBytes`-byte elements, at most `most` of them. */
  vector(field: number, elementBytes: number, most: number): VectorView | undefined {
    const slot = this.locate(field, 4);
    if (slot === undefined) return undefined;
    const head = this.file.follow(slot);
    const length = this.file.u32(head);
    if (length > most)
      throw new Refusal(
        'tflite.too-large',
        `the vector at byte ${head} has ${length} elements, the limit is ${most}`,
      );
    this.file.require(head + 4, length * elementBytes, 'a vector');
    return { position: head + 4, length };
  }

  private read(field: number, size: number, most: number, element: (position: number) => number): number[] {
    const vector = this.vector(field, size, most);
    if (vector === undefined) return [];
    this.file.spend(vector.length * size);
    return Array.from({ length: vector.length }, (_, i) => element(vector.position + i * size));
  }

  i32s(field: number, most: number): number[] {
    return this.read(field, 4, most, (position) => this.file.i32(position));
  }
  f32s(field: number, most: number): number[] {
    return this.read(field, 4, most, (position) => this.file.f32(position));
  }
  i64s(field: number, most: number): number[] {
    return this.read(field, 8, most, (position) => this.file.i64(position));
  }

  /** The tables of a vector of tables. */
  tables(field: number, most: number): TableView[] {
    const vector = this.vector(field, 4, most);
    if (vector === undefined) return [];
    this.file.spend(vector.length * 4);
    return Array.from(
      { length: vector.length },
      (_, i) => new TableView(this.file, this.file.follow(vector.position + 4 * i)),
    );
  }

  /** The elements of a vector as bytes of the file, without a copy. */
  view(field: number, elementBytes: number, most: number): Uint8Array | undefined {
    const vector = this.vector(field, elementBytes, most);
    return (
      vector && this.file.bytes.subarray(vector.position, vector.position + vector.length * elementBytes)
    );
  }

  /** UTF-8 text; what is not UTF-8 becomes U+FFFD. */
  text(field: number, mostBytes: number): string {
    const bytes = this.view(field, 1, mostBytes);
    if (bytes === undefined) return '';
    this.file.spend(bytes.length);
    return UTF8.decode(bytes);
  }
}
