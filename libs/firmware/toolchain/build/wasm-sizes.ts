import { ByteReader } from '#libs/base/bytes';
import { invariant } from '#libs/base/result';

/** What a linked module takes. */
export interface WasmSizes {
  readonly codeBytes: number;
  /** Constants and start values: what the module writes to memory before it runs. */
  readonly dataBytes: number;
  /** `__heap_base`: stack and all static data end here. */
  readonly heapBase: number;
}

/** Numbers of sections (WebAssembly 1.0, 5.5.2). */
const SECTION = { global: 6, export: 7, code: 10, data: 11 } as const;
const HEAD_BYTES = 8;
const GLOBAL_KIND = 3;
const I32_CONST = 0x41;
const PASSIVE = 1;
const WITH_MEMORY = 2;

/** LEB128; signed numbers of our modules are never negative here. */
function number(reader: ByteReader): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = reader.u8();
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
}

const list = <T>(reader: ByteReader, item: () => T): readonly T[] =>
  Array.from({ length: number(reader) }, item);

/** A constant expression: i32.const N end. */
function constant(reader: ByteReader): number {
  invariant(reader.u8() === I32_CONST, 'a constant of another type');
  const value = number(reader);
  reader.u8();
  return value;
}

function globals(reader: ByteReader): readonly number[] {
  return list(reader, () => {
    reader.take(2);
    return constant(reader);
  });
}

function globalExports(reader: ByteReader): ReadonlyMap<string, number> {
  const entries = list(reader, () => {
    const name = new TextDecoder().decode(reader.take(number(reader)));
    return { name, kind: reader.u8(), index: number(reader) };
  });
  return new Map(entries.filter(({ kind }) => kind === GLOBAL_KIND).map(({ name, index }) => [name, index]));
}

function dataBytes(reader: ByteReader): number {
  const sizes = list(reader, () => {
    const kind = number(reader);
    if (kind === WITH_MEMORY) number(reader);
    if (kind !== PASSIVE) constant(reader);
    const bytes = number(reader);
    reader.take(bytes);
    return bytes;
  });
  return sizes.reduce((total, bytes) => total + bytes, 0);
}

/** Reads the sizes of a module that our own linker made. */
export function wasmSizes(module: Uint8Array): WasmSizes {
  const sections = new Map<number, Uint8Array>();
  const reader = new ByteReader(module);
  reader.take(HEAD_BYTES);
  while (reader.remaining > 0) {
    const id = reader.u8();
    sections.set(id, reader.take(number(reader)));
  }
  const section = (id: number): ByteReader => new ByteReader(sections.get(id) ?? new Uint8Array([0]));
  const heapBase = globalExports(section(SECTION.export)).get('__heap_base') ?? -1;
  return {
    codeBytes: sections.get(SECTION.code)?.length ?? 0,
    dataBytes: dataBytes(section(SECTION.data)),
    heapBase: globals(section(SECTION.global))[heapBase] ?? 0,
  };
}
