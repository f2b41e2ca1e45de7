import { type ElfFile, type Section, SECTION_FLAG, SECTION_TYPE, type Symbol } from './elf-file';

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

/** Bytes from the first to the last byte of RAM that sections take: padding between them counts. */
export function ramUse(elf: ElfFile): RamUse {
  const writable = elf.sections.filter((section) => isLoaded(section) && isWritable(section));
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

/** Bytes of flash, by section: code, constants, and the start values of variables. */
export function flashUse(elf: ElfFile): {
  readonly sections: ReadonlyMap<string, number>;
  readonly totalBytes: number;
} {
  const stored = elf.sections.filter((section) => isLoaded(section) && section.type !== SECTION_TYPE.noBits);
  return { sections: new Map(stored.map(({ name, size }) => [name, size])), totalBytes: sum(stored) };
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
