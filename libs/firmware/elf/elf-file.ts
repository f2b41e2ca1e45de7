/** The parts of a little-endian ELF file, of 32 or 64 bits, that sizes and promises are read from. Names as in the ELF specification. */

export interface Section {
  readonly name: string;
  /** sh_type: 1 PROGBITS, 2 SYMTAB, 3 STRTAB, 8 NOBITS. */
  readonly type: number;
  /** sh_flags: 1 WRITE, 2 ALLOC, 4 EXECINSTR. */
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
}

export interface Symbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  /** STT: 0 none, 1 object, 2 function, 3 section, 4 file. */
  readonly type: number;
  /** Seen in its own object only; such symbols follow the one that names their source file. */
  readonly isLocal: boolean;
  readonly section: number;
}

/** A PT_LOAD segment: what is put where before the program runs. */
export interface Segment {
  readonly physicalAddress: number;
  readonly virtualAddress: number;
  readonly bytes: Uint8Array;
  readonly memorySize: number;
}

export interface ElfFile {
  /** e_machine: 40 ARM, 62 x86-64. */
  readonly machine: number;
  readonly entry: number;
  readonly sections: readonly Section[];
  readonly symbols: readonly Symbol[];
  readonly segments: readonly Segment[];
}

export const SECTION_TYPE = { symbols: 2, noBits: 8 } as const;
export const SECTION_FLAG = { write: 1, alloc: 2, execute: 4 } as const;
export const SYMBOL_TYPE = { object: 1, function: 2, file: 4 } as const;
