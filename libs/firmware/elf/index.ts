/**
 * ELF files: what the linker made, read back.
 *
 * Owns: a reader of little-endian ELF of 32 and 64 bits, and the memory that a program takes.
 * Invariant: sizes are read from the linked file, never from what was meant to be linked.
 *
 * @example
 * const elf = unwrap(readElf(bytes));
 * ramUse(elf).totalBytes <= board.budget.sramBytes;
 */
export { type ElfFile, type Section, type Segment, type Symbol, SYMBOL_TYPE } from './elf-file';
export { type ElfFault, readElf } from './read-elf';
export {
  type AddressRange,
  flashUse,
  type FlashUse,
  memoryUse,
  type MemoryUse,
  ramUse,
  type RamUse,
  staticVariables,
  type StaticVariable,
  symbolAddress,
  symbolNamed,
} from './memory-use';
