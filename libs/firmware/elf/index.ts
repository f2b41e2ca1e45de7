/**
 * Linked programs, read back: what the linker really put where.
 *
 * Owns: the ELF32 little-endian reader and the sums that a fit certificate is made of.
 * Invariant: figures come from the file's own section headers, never from the plan.
 *
 * @example
 * const elf = readElf(bytes);
 * if (elf.ok) memoryUse(elf.value).sramBytes;
 */
export { type Elf, type ElfFault, type ElfSection, type ElfSymbol, readElf, symbolAddress } from './read-elf';
export { memoryUse, type MemoryUse } from './memory-use';
