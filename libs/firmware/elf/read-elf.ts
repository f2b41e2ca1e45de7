import { ByteReader } from '#libs/base/bytes';
import { err, fault, type Fault, ok, type Result } from '#libs/base/result';
import { type ElfFile, type Section, SECTION_TYPE, type Segment, type Symbol } from './elf-file';

export interface ElfFault extends Fault {
  readonly code: 'elf.malformed';
}

/** Thrown inside this file only. */
class BadElf extends Error {}

const MAGIC = 0x464c457f;
const LITTLE_ENDIAN = 1;
const LOADABLE = 1;
/** Enough for firmware; a hostile file cannot make us allocate more. */
const MOST_ENTRIES = 1 << 20;

/** What differs between the two classes of files: sizes of entries, and the width of addresses, offsets and sizes. */
interface FileClass {
  readonly sectionHeaderBytes: number;
  readonly programHeaderBytes: number;
  readonly symbolBytes: number;
  readonly isWide: boolean;
  readonly word: (reader: ByteReader) => number;
}

const CLASSES: Readonly<Record<number, FileClass>> = {
  1: {
    sectionHeaderBytes: 40,
    programHeaderBytes: 32,
    symbolBytes: 16,
    isWide: false,
    word: (reader) => reader.u32(),
  },
  2: { sectionHeaderBytes: 64, programHeaderBytes: 56, symbolBytes: 24, isWide: true, word: wideWord },
};

/** Numbers beyond 2^53 lose their lowest bits; as offsets and sizes they are refused anyway. */
function wideWord(reader: ByteReader): number {
  const low = reader.u32();
  return reader.u32() * 2 ** 32 + low;
}

interface Table {
  readonly offset: number;
  readonly count: number;
}

interface Header {
  readonly fileClass: FileClass;
  readonly machine: number;
  readonly entry: number;
  readonly sections: Table;
  readonly programs: Table;
  readonly namesIndex: number;
}

function readHeader(bytes: Uint8Array): Header {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) throw new BadElf('not an ELF file');
  const fileClass = CLASSES[reader.u8()];
  if (!fileClass || reader.u8() !== LITTLE_ENDIAN) throw new BadElf('not a little-endian ELF file');
  reader.take(10);
  reader.u16();
  const machine = reader.u16();
  reader.u32();
  const [entry, programOffset, sectionOffset] = [
    fileClass.word(reader),
    fileClass.word(reader),
    fileClass.word(reader),
  ];
  reader.u32();
  reader.u16();
  const programSize = reader.u16();
  const programCount = reader.u16();
  const sectionSize = reader.u16();
  const sectionCount = reader.u16();
  const namesIndex = reader.u16();
  if (sectionCount > 0 && sectionSize !== fileClass.sectionHeaderBytes)
    throw new BadElf(`section headers of ${sectionSize} bytes`);
  if (programCount > 0 && programSize !== fileClass.programHeaderBytes)
    throw new BadElf(`program headers of ${programSize} bytes`);
  return {
    fileClass,
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

function readSectionHeader(
  reader: ByteReader,
  { word }: FileClass,
): { readonly nameOffset: number; readonly section: Omit<Section, 'name'> } {
  const nameOffset = reader.u32();
  const section = {
    type: reader.u32(),
    flags: word(reader),
    address: word(reader),
    offset: word(reader),
    size: word(reader),
    link: reader.u32(),
  };
  reader.u32();
  word(reader);
  return { nameOffset, section: { ...section, entrySize: word(reader) } };
}

function readSections(bytes: Uint8Array, header: Header): readonly Section[] {
  const reader = new ByteReader(bytes, header.sections.offset);
  const raw = Array.from({ length: header.sections.count }, () =>
    readSectionHeader(reader, header.fileClass),
  );
  const nameTable = raw[header.namesIndex]?.section;
  if (raw.length > 0 && !nameTable) throw new BadElf('no section names');
  const names = nameTable ? contentOf(bytes, nameTable) : new Uint8Array();
  return raw.map(({ nameOffset, section }) => {
    contentOf(bytes, section);
    return { name: textAt(names, nameOffset), ...section };
  });
}

function readSymbol(reader: ByteReader, { isWide, word }: FileClass): Omit<Symbol, 'name'> {
  const tail = () => {
    const info = reader.u8();
    reader.u8();
    return { type: info & 15, isLocal: info >> 4 === 0, section: reader.u16() };
  };
  const place = () => ({ value: word(reader), size: word(reader) });
  if (isWide) return { ...tail(), ...place() };
  return { ...place(), ...tail() };
}

function readSymbols(
  bytes: Uint8Array,
  sections: readonly Section[],
  { fileClass }: Header,
): readonly Symbol[] {
  return sections
    .filter(({ type }) => type === SECTION_TYPE.symbols)
    .flatMap((table) => {
      const names = sections[table.link];
      const count = table.size / fileClass.symbolBytes;
      if (!names || !Number.isInteger(count) || count > MOST_ENTRIES)
        throw new BadElf(`bad symbol table ${table.name}`);
      const reader = new ByteReader(contentOf(bytes, table));
      const texts = contentOf(bytes, names);
      return Array.from({ length: count }, (): Symbol => {
        const name = textAt(texts, reader.u32());
        return { name, ...readSymbol(reader, fileClass) };
      });
    });
}

function readSegments(bytes: Uint8Array, header: Header): readonly Segment[] {
  const reader = new ByteReader(bytes, header.programs.offset);
  const { isWide, word } = header.fileClass;
  return Array.from({ length: header.programs.count }, (): Segment | undefined => {
    const type = reader.u32();
    if (isWide) reader.u32();
    const offset = word(reader);
    const virtualAddress = word(reader);
    const physicalAddress = word(reader);
    const fileSize = word(reader);
    const memorySize = word(reader);
    if (!isWide) reader.u32();
    word(reader);
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
    const symbols = readSymbols(bytes, sections, header);
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
