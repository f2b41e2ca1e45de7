import { ByteReader } from '#libs/base/bytes';
import { err, fault, ok, type Result } from '#libs/base/result';

export interface ElfSection {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  /** Has an address in the running program (SHF_ALLOC). */
  readonly allocated: boolean;
  /** SHF_WRITE. */
  readonly writable: boolean;
  /** Has bytes in the file; false for .bss and its like (SHT_NOBITS). */
  readonly loaded: boolean;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
}

export interface Elf {
  readonly entry: number;
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

export type ElfFault = { readonly code: 'elf.malformed'; readonly message: string };

const MAGIC = 0x464c457f; // 0x7f 'E' 'L' 'F'
const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
const HEADER_BYTES = 52;
const SECTION_HEADER_BYTES = 40;
const SYMBOL_BYTES = 16;
const MAX_SECTIONS = 4096;
const MAX_SYMBOLS = 1 << 18;
const SYMBOL_TABLE = 2;
const NO_BITS = 8;
const FLAG_WRITE = 1;
const FLAG_ALLOC = 2;

interface SectionHeader {
  readonly nameOffset: number;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly bytes: number;
  readonly link: number;
}

/** The sections and symbols of a 32-bit little-endian ELF file (System V ABI, chapter 4). */
export function readElf(bytes: Uint8Array): Result<Elf, ElfFault> {
  try {
    return ok(read(bytes));
  } catch (error) {
    if (error instanceof RangeError) return err(fault('elf.malformed', error.message));
    throw error;
  }
}

/** The address of a symbol, or undefined. */
export const symbolAddress = (elf: Elf, name: string): number | undefined =>
  elf.symbols.find((symbol) => symbol.name === name)?.address;

function read(bytes: Uint8Array): Elf {
  if (bytes.length < HEADER_BYTES) throw new RangeError(`${bytes.length} bytes are no ELF file`);
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) throw new RangeError('does not begin as an ELF file');
  if (reader.u8() !== CLASS_32 || reader.u8() !== LITTLE_ENDIAN)
    throw new RangeError('not a 32-bit little-endian ELF file');
  reader.offset = 24;
  const entry = reader.u32();
  reader.offset = 32;
  const headerOffset = reader.u32();
  reader.offset = 46;
  const [headerBytes, count, namesIndex] = [reader.u16(), reader.u16(), reader.u16()];
  if (headerBytes !== SECTION_HEADER_BYTES || count > MAX_SECTIONS)
    throw new RangeError(`${count} section headers of ${headerBytes} bytes`);
  const headers = Array.from({ length: count }, (_, i) =>
    readHeader(bytes, headerOffset + i * SECTION_HEADER_BYTES),
  );
  const names = contentOf(bytes, headers[namesIndex]);
  const sections = headers.map((header) => sectionOf(header, names));
  return { entry, sections, symbols: readSymbols(bytes, headers) };
}

function readHeader(bytes: Uint8Array, offset: number): SectionHeader {
  const header = new ByteReader(new ByteReader(bytes, offset).take(SECTION_HEADER_BYTES));
  const word = header.u32;
  return {
    nameOffset: word(),
    type: word(),
    flags: word(),
    address: word(),
    offset: word(),
    bytes: word(),
    link: word(),
  };
}

function sectionOf(header: SectionHeader, names: Uint8Array): ElfSection {
  return {
    name: textAt(names, header.nameOffset),
    address: header.address,
    bytes: header.bytes,
    allocated: (header.flags & FLAG_ALLOC) !== 0,
    writable: (header.flags & FLAG_WRITE) !== 0,
    loaded: header.type !== NO_BITS,
  };
}

function contentOf(bytes: Uint8Array, header: SectionHeader | undefined): Uint8Array {
  if (!header) throw new RangeError('a section that is named does not exist');
  return header.type === NO_BITS ? new Uint8Array() : new ByteReader(bytes, header.offset).take(header.bytes);
}

function textAt(strings: Uint8Array, offset: number): string {
  const end = strings.indexOf(0, offset);
  if (offset > strings.length || end < 0) throw new RangeError(`no text at ${offset} of a string table`);
  return new TextDecoder('latin1').decode(strings.subarray(offset, end));
}

function readSymbols(bytes: Uint8Array, headers: readonly SectionHeader[]): readonly ElfSymbol[] {
  const table = headers.find((header) => header.type === SYMBOL_TABLE);
  if (!table) return [];
  const names = contentOf(bytes, headers[table.link]);
  const count = Math.floor(table.bytes / SYMBOL_BYTES);
  if (count > MAX_SYMBOLS) throw new RangeError(`${count} symbols`);
  const reader = new ByteReader(contentOf(bytes, table));
  return Array.from({ length: count }, () => {
    const [nameOffset, address, size] = [reader.u32(), reader.u32(), reader.u32()];
    reader.take(SYMBOL_BYTES - 12);
    return { name: textAt(names, nameOffset), address, bytes: size };
  });
}
