import { type Refusal } from './refusal';
import {
  blob,
  f32,
  f32Vector,
  flag,
  i32,
  i32Vector,
  i64Vector,
  i8,
  table,
  type TableNode,
  tables,
  text,
} from './flatbuffer-nodes';
import { FlatBufferView } from './flatbuffer-view';
import { TableView } from './table-view';
import { writeFlatbuffer } from './write-flatbuffer';

const written = (root: TableNode): Uint8Array => writeFlatbuffer(root, 'TEST');
const read = (bytes: Uint8Array): TableView => TableView.root(new FlatBufferView(bytes));
const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Refusal).code;
  }
};

describe('writeFlatbuffer', () => {
  test('every kind of field reads back', () => {
    const view = read(
      written(
        table({
          0: i8(-5),
          1: i32(-70000),
          2: f32(1.5),
          3: flag(true),
          4: text('Grüße'),
          5: i32Vector([1, -2, 3]),
          6: f32Vector([0.5, -4]),
          7: i64Vector([-1, 2 ** 40]),
          8: blob(Uint8Array.of(9, 8, 7)),
          9: tables([table({ 0: i32(1) }), table({ 2: i32(2) })]),
          10: table({ 1: i8(3) }),
        }),
      ),
    );
    expect([view.i8(0), view.i32(1), view.f32(2), view.flag(3), view.text(4, 100)]).toEqual([
      -5,
      -70000,
      1.5,
      true,
      'Grüße',
    ]);
    expect([view.i32s(5, 9), view.f32s(6, 9), view.i64s(7, 9)]).toEqual([
      [1, -2, 3],
      [0.5, -4],
      [-1, 2 ** 40],
    ]);
    expect(view.view(8, 1, 9)).toEqual(Uint8Array.of(9, 8, 7));
    expect(view.tables(9, 9).map((item) => [item.i32(0), item.i32(2)])).toEqual([
      [1, 0],
      [0, 2],
    ]);
    expect(view.table(10)?.i8(1)).toBe(3);
  });

  test('absent fields and fields equal to the default give the default', () => {
    const view = read(written(table({ 0: i32(0), 1: i32(7, 7), 5: undefined })));
    expect([view.has(0), view.i32(0), view.i32(1, 7), view.i32(99, 4), view.text(5, 9)]).toEqual([
      false,
      0,
      7,
      4,
      '',
    ]);
    expect([view.table(0), view.i32s(0, 9), view.tables(0, 9)]).toEqual([undefined, [], []]);
  });

  test('vectors stand at multiples of their alignment, whatever precedes them', () => {
    for (const length of [0, 1, 2, 3, 5, 8, 13]) {
      const bytes = written(
        table({ 0: text('x'.repeat(length)), 1: i64Vector([1]), 2: blob(Uint8Array.of(1)) }),
      );
      const view = read(bytes);
      expect((view.vector(1, 8, 9)?.position ?? 1) % 8).toBe(0);
      expect((view.vector(2, 1, 9)?.position ?? 1) % 16).toBe(0);
    }
  });

  test('a vector with two owners is stored once, behind both', () => {
    const shared = i32Vector([1, 2, 3, 4, 5, 6, 7, 8]);
    const once = written(table({ 0: table({ 0: shared }), 1: table({ 0: shared }) }));
    const twice = written(
      table({ 0: table({ 0: shared }), 1: table({ 0: i32Vector([1, 2, 3, 4, 5, 6, 7, 8]) }) }),
    );
    expect(twice.length - once.length).toBe(36);
    expect([read(once).table(0)?.i32s(0, 9), read(once).table(1)?.i32s(0, 9)]).toEqual([
      read(twice).table(0)?.i32s(0, 9),
      read(twice).table(1)?.i32s(0, 9),
    ]);
  });

  test('tables of one form share a vtable', () => {
    const form = (value: number): TableNode => table({ 0: i32(value), 1: i8(1) });
    const two = written(tablesOf(form(1), form(2)));
    const other = written(tablesOf(form(1), table({ 1: i8(1), 2: i32(2) })));
    expect(other.length).toBeGreaterThan(two.length);
  });

  const tablesOf = (...items: readonly TableNode[]): TableNode => table({ 0: tables(items) });
});

describe('reading a flatbuffer', () => {
  const bytes = written(table({ 0: i32Vector([1, 2]), 1: i32(5) }));
  const changedAt = (position: number, value: number): Uint8Array => {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint32(position, value, true);
    return copy;
  };

  test('a root beyond the file, a root of 0 and a vtable before the file are refused', () => {
    expect(codeOf(() => read(changedAt(0, 4096)))).toBe('tflite.truncated');
    expect(codeOf(() => read(changedAt(0, 0)))).toBe('tflite.corrupt');
    const root = new DataView(bytes.buffer).getUint32(0, true);
    expect(codeOf(() => read(changedAt(root, 4096)))).toBe('tflite.truncated');
  });

  test('a vtable of odd or tiny length, and a field outside its table, are refused', () => {
    expect(codeOf(() => read(changedAt(8, 0x000c0007)))).toBe('tflite.corrupt');
    expect(codeOf(() => read(changedAt(8, 0x000c0002)))).toBe('tflite.corrupt');
    expect(codeOf(() => read(changedAt(12, 0x00f000f0)).i32(0))).toBe('tflite.corrupt');
  });

  test('a vector longer than the file is refused before anything is allocated', () => {
    const head = (read(bytes).vector(0, 4, 9)?.position ?? 0) - 4;
    expect(codeOf(() => read(changedAt(head, 0xffffffff)).i32s(0, 0xffffffff))).toBe('tflite.truncated');
    expect(codeOf(() => read(changedAt(head, 100)).i32s(0, 9))).toBe('tflite.too-large');
  });

  test('reading the same bytes again and again ends when the budget of the file is spent', () => {
    const view = read(bytes);
    expect(
      codeOf(() => {
        for (let i = 0; i < 1e6; i++) view.i32s(0, 9);
      }),
    ).toBe('tflite.corrupt');
  });
});
