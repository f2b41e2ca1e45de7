import { invariant } from '#libs/base/result';
import { readElf } from '#libs/firmware/elf';
import type { FitCertificate } from './certificate';
import { type TargetName, WASM_STACK_BYTES } from './targets';
import { wasmSizes } from './wasm-sizes';

/** What the linked program takes, read from the linked file. */
export interface Footprint {
  /** All RAM but the stack: the arena and every other static variable. */
  readonly staticRamBytes: number;
  /** Code, constants, start values of variables, and the parameters where they are linked in. */
  readonly flashBytes: number;
  /** ARM: the bound of the compiler's call graph. 0 elsewhere: those stacks are the host's. */
  readonly stackBytes: number;
}

/** In wasm, constants lie in memory like variables: what the module writes there at its start counts as flash. */
function ofWasm(module: Uint8Array): Footprint {
  const { codeBytes, dataBytes, heapBase } = wasmSizes(module);
  return {
    staticRamBytes: Math.max(0, heapBase - WASM_STACK_BYTES - dataBytes),
    flashBytes: codeBytes + dataBytes,
    stackBytes: 0,
  };
}

/** The C library's start-up code is in these figures, too (about 2 KB of code, 32 bytes of variables). */
function ofNative(executable: Uint8Array): Footprint {
  const elf = readElf(executable);
  invariant(elf.ok, 'the linker made no ELF file');
  const bytes = (...names: readonly string[]): number =>
    elf.value.sections.filter(({ name }) => names.includes(name)).reduce((sum, { size }) => sum + size, 0);
  return {
    staticRamBytes: bytes('.data', '.bss'),
    flashBytes: bytes('.text', '.rodata', '.data'),
    stackBytes: 0,
  };
}

export function footprintOf(
  target: TargetName,
  binary: Uint8Array,
  fit: FitCertificate | undefined,
): Footprint {
  if (target === 'wasm') return ofWasm(binary);
  if (target === 'native') return ofNative(binary);
  invariant(fit, 'a program for a board has a certificate');
  const { ramBytes, stackBytes, flashBytes, stackBound } = fit;
  return { staticRamBytes: ramBytes - stackBytes, flashBytes, stackBytes: stackBound.bytes };
}
