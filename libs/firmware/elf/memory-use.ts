import type { Elf, ElfSection } from './read-elf';

/** What a linked program takes, by its section headers. */
export interface MemoryUse {
  /** Peak static RAM: every writable allocated section, the stack's section included. */
  readonly sramBytes: number;
  /** Of which the section named .stack. */
  readonly stackBytes: number;
  /** Bytes in flash: code, constants and the start values of .data. */
  readonly flashBytes: number;
  readonly sections: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly in: 'sram' | 'flash';
  }[];
}

const STACK_SECTION = '.stack';
const sum = (sections: readonly ElfSection[]): number =>
  sections.reduce((total, section) => total + section.bytes, 0);

export function memoryUse(elf: Elf): MemoryUse {
  const allocated = elf.sections.filter((section) => section.allocated && section.bytes > 0);
  const sram = allocated.filter((section) => section.writable);
  const flash = allocated.filter((section) => section.loaded);
  return {
    sramBytes: sum(sram),
    stackBytes: sum(sram.filter((section) => section.name === STACK_SECTION)),
    flashBytes: sum(flash),
    sections: allocated.map(({ name, bytes, writable }) => ({
      name,
      bytes,
      in: writable ? 'sram' : 'flash',
    })),
  };
}
