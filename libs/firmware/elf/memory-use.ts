import { type ElfFile, type Section, SECTION_FLAG, SECTION_TYPE, type Symbol, SYMBOL_TYPE } from './elf-file';

/** Bytes of RAM that a program takes before it runs, by kind of section. */
export interface RamUse {
  readonly dataBytes: number;
  readonly bssBytes: number;
  readonly stackBytes: number;
  /** The sum: the peak, since nothing is allocated later. */
  readonly totalBytes: number;
}

const has = (section: Section, flag: number): boolean => (section.flags & flag) !== 0;
const isLoaded = (section: Section): boolean => has(section, SECTION_FLAG.alloc) && section.size > 0;
const isWritable = (section: Section): boolean => has(section, SECTION_FLAG.write);
const sum = (sections: readonly Section[]): number => sections.reduce((total, { size }) => total + size, 0);

const STACK_SECTION = '.stack';

/** A run of addresses. */
export interface AddressRange {
  readonly origin: number;
  readonly bytes: number;
}

const ALL_ADDRESSES: AddressRange = { origin: 0, bytes: Number.POSITIVE_INFINITY };

const isWithin = ({ origin, bytes }: AddressRange, address: number): boolean =>
  address >= origin && address < origin + bytes;

/** Bytes from the first to the last byte of RAM that sections in a range of addresses take: padding between them counts. */
export function ramUse(elf: ElfFile, range: AddressRange = ALL_ADDRESSES): RamUse {
  const writable = elf.sections.filter(
    (section) => isLoaded(section) && isWritable(section) && isWithin(range, section.address),
  );
  const stack = writable.filter(({ name }) => name === STACK_SECTION);
  const others = writable.filter(({ name }) => name !== STACK_SECTION);
  const low = Math.min(...writable.map(({ address }) => address));
  const high = Math.max(...writable.map(({ address, size }) => address + size));
  return {
    dataBytes: sum(others.filter(({ type }) => type !== SECTION_TYPE.noBits)),
    bssBytes: sum(others.filter(({ type }) => type === SECTION_TYPE.noBits)),
    stackBytes: sum(stack),
    totalBytes: writable.length === 0 ? 0 : high - low,
  };
}

/** A variable in RAM, and the source file that keeps it to itself, if one does. */
export interface StaticVariable {
  readonly name: string;
  readonly bytes: number;
  readonly file?: string;
}

/** The variables whose addresses are in a range, the largest first. */
export function staticVariables(elf: ElfFile, range: AddressRange): readonly StaticVariable[] {
  const found: StaticVariable[] = [];
  let file: string | undefined;
  for (const { name, type, value, size, isLocal } of elf.symbols) {
    if (type === SYMBOL_TYPE.file) file = name;
    if (type !== SYMBOL_TYPE.object || size === 0 || !isWithin(range, value)) continue;
    found.push({ name, bytes: size, ...(isLocal && file !== undefined ? { file } : {}) });
  }
  return found.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}

/** Bytes of flash. */
export interface FlashUse {
  /** Code, constants, and the start values of variables. */
  readonly sections: ReadonlyMap<string, number>;
  /** Between sections that want to begin at round addresses. */
  readonly paddingBytes: number;
  readonly totalBytes: number;
}

/** A gap wider than this is none: the next section lies in another memory. */
const WIDEST_PADDING = 4096;

export function flashUse(elf: ElfFile): FlashUse {
  const stored = elf.sections.filter((section) => isLoaded(section) && section.type !== SECTION_TYPE.noBits);
  const inPlace = stored.filter((section) => !isWritable(section)).sort((a, b) => a.address - b.address);
  const gaps = inPlace.slice(1).map((section, i) => {
    const before = inPlace[i] as Section;
    return section.address - before.address - before.size;
  });
  const paddingBytes = gaps.filter((gap) => gap < WIDEST_PADDING).reduce((total, gap) => total + gap, 0);
  return {
    sections: new Map(stored.map(({ name, size }) => [name, size])),
    paddingBytes,
    totalBytes: sum(stored) + paddingBytes,
  };
}

/** The two totals, and what of the RAM is stack. */
export interface MemoryUse {
  readonly sramBytes: number;
  readonly stackBytes: number;
  readonly flashBytes: number;
}

export function memoryUse(elf: ElfFile): MemoryUse {
  const { totalBytes, stackBytes } = ramUse(elf);
  return { sramBytes: totalBytes, stackBytes, flashBytes: flashUse(elf).totalBytes };
}

export const symbolNamed = (elf: ElfFile, name: string): Symbol | undefined =>
  elf.symbols.find((symbol) => symbol.name === name);

export const symbolAddress = (elf: ElfFile, name: string): number | undefined =>
  symbolNamed(elf, name)?.value;
