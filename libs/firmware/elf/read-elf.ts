import { ByteReader } from '#libs/base/bytes';
import { err, fault, type Fault, ok, type Result } from '#libs/base/result';
import { type ElfFile, type Section, SECTION_TYPE, type Segment, type Symbol } from './elf-file';

export interface ElfFault extends Fault {
  readonly code: 'elf.malformed';
}

/** Thrown inside this file only. */
class BadElf extends Error {}

const MAGIC = 0x464c457f;
const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
const SECTION_HEADER_BYTES = 40;
const PROGRAM_HEADER_BYTES = 32;
const SYMBOL_BYTES = 16;
const LOADABLE = 1;
/** Enough for firmware; a hostile file cannot make us allocate more. */
const MOST_ENTRIES = 1 << 20;

interface Table {
  readonly offset: number;
  readonly count: number;
}

interface Header {
  readonly machine: number;
  readonly entry: number;
  readonly sections: Table;
  readonly programs: Table;
  readonly namesIndex: number;
}

function readHeader(bytes: Uint8Array): Header {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) throw new BadElf('not an ELF file');
  if (reader.u8() !== CLASS_32 || reader.u8() !== LITTLE_ENDIAN)
    throw new BadElf('not a 32-bit little-endian ELF file');
  reader.take(10);
  reader.u16();
  const machine = reader.u16();
  reader.u32();
  const entry = reader.u32();
  const programOffset = reader.u32();
  const sectionOffset = reader.u32();
  reader.u32();
  reader.u16();
  const programSize = reader.u16();
  const programCount = reader.u16();
  const sectionSize = reader.u16();
  const sectionCount = reader.u16();
  const namesIndex = reader.u16();
  if (sectionCount > 0 && sectionSize !== SECTION_HEADER_BYTES)
    throw new BadElf(`section headers of ${sectionSize} bytes`);
  if (programCount > 0 && programSize !== PROGRAM_HEADER_BYTES)
    throw new BadElf(`program headers of ${programSize} bytes`);
  return {
    machine,
    entry,
    sections: { offset: sectionOffset, count: sectionCount },
    programs: { offset: programOffset, count: programCount },
    namesIndex,
  };
}

/** The zero-terminated text at `offset` of a string table. */
function textAt(table: Uint8Array, offset: number): string {
  const end = table.indexOf(0, offset);
  if (offset >= table.length || end < 0) throw new BadElf(`no text at ${offset} of a string table`);
  return new TextDecoder('latin1').decode(table.subarray(offset, end));
}

function contentOf(
  bytes: Uint8Array,
  { offset, size, type }: Pick<Section, 'offset' | 'size' | 'type'>,
): Uint8Array {
  return type === SECTION_TYPE.noBits ? new Uint8Array() : new ByteReader(bytes, offset).take(size);
}

function readSectionHeader(reader: ByteReader): {
  readonly nameOffset: number;
  readonly section: Omit<Section, 'name'>;
} {
  const nameOffset = reader.u32();
  const section = {
    type: reader.u32(),
    flags: reader.u32(),
    address: reader.u32(),
    offset: reader.u32(),
    size: reader.u32(),
    link: reader.u32(),
  };
  reader.u32();
  reader.u32();
  return { nameOffset, section: { ...section, entrySize: reader.u32() } };
}

function readSections(bytes: Uint8Array, header: Header): readonly Section[] {
  const reader = new ByteReader(bytes, header.sections.offset);
  const raw = Array.from({ length: header.sections.count }, () => readSectionHeader(reader));
  const nameTable = raw[header.namesIndex]?.section;
  if (raw.length > 0 && !nameTable) throw new BadElf('no section names');
  const names = nameTable ? contentOf(bytes, nameTable) : new Uint8Array();
  return raw.map(({ nameOffset, section }) => {
    contentOf(bytes, section);
    return { name: textAt(names, nameOffset), ...section };
  });
}

function readSymbols(bytes: Uint8Array, sections: readonly Section[]): readonly Symbol[] {
  return sections
    .filter(({ type }) => type === SECTION_TYPE.symbols)
    .flatMap((table) => {
      const names = sections[table.link];
      const count = table.size / SYMBOL_BYTES;
      if (!names || !Number.isInteger(count) || count > MOST_ENTRIES)
        throw new BadElf(`bad symbol table ${table.name}`);
      const reader = new ByteReader(contentOf(bytes, table));
      const texts = contentOf(bytes, names);
      return Array.from({ length: count }, (): Symbol => {
        const name = textAt(texts, reader.u32());
        const value = reader.u32();
        const size = reader.u32();
        const type = reader.u8() & 15;
        reader.u8();
        return { name, value, size, type, section: reader.u16() };
      });
    });
}

function readSegments(bytes: Uint8Array, header: Header): readonly Segment[] {
  const reader = new ByteReader(bytes, header.programs.offset);
  return Array.from({ length: header.programs.count }, (): Segment | undefined => {
    const type = reader.u32();
    const offset = reader.u32();
    const virtualAddress = reader.u32();
    const physicalAddress = reader.u32();
    const fileSize = reader.u32();
    const memorySize = reader.u32();
    reader.u32();
    reader.u32();
    if (type !== LOADABLE) return undefined;
    return {
      virtualAddress,
      physicalAddress,
      memorySize,
      bytes: new ByteReader(bytes, offset).take(fileSize),
    };
  }).filter((segment) => segment !== undefined);
}

/** An ELF file taken apart; every offset and length in it is checked. */
export function readElf(bytes: Uint8Array): Result<ElfFile, ElfFault> {
  try {
    const header = readHeader(bytes);
    const sections = readSections(bytes, header);
    const symbols = readSymbols(bytes, sections);
    return ok({
      machine: header.machine,
      entry: header.entry,
      sections,
      symbols,
      segments: readSegments(bytes, header),
    });
  } catch (error) {
    if (error instanceof BadElf || error instanceof RangeError)
      return err(fault('elf.malformed', error.message));
    throw error;
  }
}
