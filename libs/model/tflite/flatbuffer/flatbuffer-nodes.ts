/**
 * A flatbuffer before it has positions: tables, vectors and texts that refer to each other. A node that is referred
 * to more than once is stored once.
 */

/** A number inside a table. */
export interface Scalar {
  readonly kind: 'scalar';
  readonly size: 1 | 4;
  write(view: DataView, position: number): void;
}

export interface TableNode {
  readonly kind: 'table';
  /** By field number; an absent field has the default of the schema. */
  readonly fields: ReadonlyMap<number, Field>;
}

/** A vector of numbers, or a text. */
export interface BytesNode {
  readonly kind: 'bytes';
  /** Elements, as the length word counts them. */
  readonly count: number;
  readonly bytes: Uint8Array;
  /** What the position of the first element is a multiple of. */
  readonly alignment: 4 | 8 | 16;
}

export interface TablesNode {
  readonly kind: 'tables';
  readonly items: readonly TableNode[];
}

export type Node = TableNode | BytesNode | TablesNode;
export type Field = Scalar | Node;

/** A table of the fields that are given. */
export function table(fields: Readonly<Record<number, Field | undefined>>): TableNode {
  const given = Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [[Number(field), value] as const],
  );
  return { kind: 'table', fields: new Map(given) };
}

export const tables = (items: readonly TableNode[]): TablesNode => ({ kind: 'tables', items });

/** Numbers equal to the default of the schema are left out. */
const scalar = (size: 1 | 4, isDefault: boolean, write: Scalar['write']): Scalar | undefined =>
  isDefault ? undefined : { kind: 'scalar', size, write };

export const i8 = (value: number, absent = 0): Scalar | undefined =>
  scalar(1, value === absent, (view, position) => view.setInt8(position, value));
export const flag = (value: boolean): Scalar | undefined => i8(value ? 1 : 0);
export const i32 = (value: number, absent = 0): Scalar | undefined =>
  scalar(4, value === absent, (view, position) => view.setInt32(position, value, true));
export const f32 = (value: number): Scalar | undefined =>
  scalar(4, value === 0, (view, position) => view.setFloat32(position, value, true));

function numbers(
  values: readonly number[],
  size: 4 | 8,
  write: (view: DataView, position: number, value: number) => void,
): BytesNode {
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => write(view, i * size, value));
  return { kind: 'bytes', count: values.length, bytes, alignment: size };
}

export const i32Vector = (values: readonly number[]): BytesNode =>
  numbers(values, 4, (view, position, value) => view.setInt32(position, value, true));
export const f32Vector = (values: readonly number[]): BytesNode =>
  numbers(values, 4, (view, position, value) => view.setFloat32(position, value, true));
export const i64Vector = (values: readonly number[]): BytesNode =>
  numbers(values, 8, (view, position, value) => view.setBigInt64(position, BigInt(value), true));

/** Raw data, aligned so that it can be used where it lies. */
export const blob = (bytes: Uint8Array): BytesNode => ({
  kind: 'bytes',
  count: bytes.length,
  bytes,
  alignment: 16,
});

/** UTF-8 with a zero byte behind, which the length does not count. */
export function text(value: string): BytesNode {
  const encoded = new TextEncoder().encode(value);
  const bytes = new Uint8Array(encoded.length + 1);
  bytes.set(encoded);
  return { kind: 'bytes', count: encoded.length, bytes, alignment: 4 };
}
