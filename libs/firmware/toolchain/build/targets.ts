import type { Board } from '#libs/firmware/boards';
import type { Tools } from '../workshop';

/** What the C is built for: the real image, the fleet's engine, tests on the PC. */
export type TargetName = 'arm' | 'wasm' | 'native';

export interface Variant {
  readonly target: TargetName;
  readonly board: Board;
  /** Native only: AddressSanitizer and UndefinedBehaviorSanitizer. */
  readonly sanitize: boolean;
}

/** Rules of all C here (STYLE): clean under these with every compiler. */
const LANGUAGE = ['-std=c99', '-Wall', '-Wextra', '-Wconversion'];

/**
 * -ffp-contract=off: no fused multiply-add, should a float ever appear (FIRMWARE 5). -fno-strict-aliasing: the arena is
 * bytes that are read as what the plan put there. -fno-builtin: no loop becomes a call of a C library that is not there.
 */
const SEMANTICS = ['-ffreestanding', '-fno-builtin', '-ffp-contract=off', '-fno-strict-aliasing'];

/** Unused functions are left out by the linker. */
const SECTIONS = ['-ffunction-sections', '-fdata-sections'];

/** gcc turns copying loops into calls of memcpy even so. */
const GCC = ['-fno-tree-loop-distribute-patterns'];

/** -fno-schedule-insns: before register allocation, scheduling only makes spills (12 % of the instructions). */
const ARM = ['-O2', '-fno-schedule-insns', '-fstack-usage', '-fcallgraph-info=su'];

const WASM = ['--target=wasm32', '-O3', '-msimd128'];

const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-g'];

export const compilerOf = (tools: Tools, target: TargetName): string =>
  ({ arm: tools.arm, wasm: tools.wasm, native: tools.native })[target];

/** Flags of every compilation; object files of the same flags and texts are shared. */
export function compileFlags({ target, board, sanitize }: Variant): readonly string[] {
  const common = [...LANGUAGE, ...SEMANTICS, ...SECTIONS];
  if (target === 'arm') return [...board.cpuFlags, ...common, ...GCC, ...ARM];
  if (target === 'wasm') return [...common, ...WASM];
  return [...common, ...GCC, ...(sanitize ? ['-O1', ...SANITIZERS] : ['-O3'])];
}

/** Start-up code runs before memory is set up: it is compiled plainly (FIRMWARE 1, pitfalls). */
export const STARTUP_FLAGS: readonly string[] = ['-O1'];

const hex = (value: number): string => `0x${value.toString(16)}`;

function armLinkFlags({ board }: Variant, script: string): readonly string[] {
  const { flash, sram, storage } = board.memory;
  const symbols: Record<string, number> = {
    __flash_origin: flash.origin,
    __flash_bytes: board.budget.flashBytes,
    __flash_region_bytes: flash.bytes,
    __sram_origin: sram.origin,
    __sram_bytes: board.budget.sramBytes,
    __stack_bytes: board.stackBytes,
    __storage_origin: storage?.origin ?? 0,
    __storage_bytes: storage?.bytes ?? 0,
  };
  const defined = Object.entries(symbols).map(([name, value]) => `-Wl,--defsym=${name}=${hex(value)}`);
  return [
    ...board.cpuFlags,
    '-nostdlib',
    '-Wl,--gc-sections',
    '-Wl,--fatal-warnings',
    ...defined,
    '-T',
    script,
  ];
}

const WASM_STACK_BYTES = 16384;
const WASM_LARGEST_MEMORY = 1 << 30;

/** The stack comes first: when it overflows, it leaves memory and traps. */
const wasmLinkFlags = (exports: readonly string[]): readonly string[] => [
  '--no-entry',
  '--gc-sections',
  '--strip-all',
  '--stack-first',
  '-z',
  `stack-size=${WASM_STACK_BYTES}`,
  `--max-memory=${WASM_LARGEST_MEMORY}`,
  ...[...exports, '__heap_base'].map((name) => `--export=${name}`),
];

export interface LinkCommand {
  readonly tool: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** How objects become a program: tool, flags before the objects, flags after them. */
export function linkCommand(
  tools: Tools,
  variant: Variant,
  parts: { readonly script: string; readonly exports: readonly string[] },
): LinkCommand {
  if (variant.target === 'arm')
    return { tool: tools.arm, before: armLinkFlags(variant, parts.script), after: ['-lgcc'] };
  if (variant.target === 'wasm')
    return { tool: tools.wasmLinker, before: wasmLinkFlags(parts.exports), after: [] };
  return {
    tool: tools.native,
    before: ['-Wl,--gc-sections', ...(variant.sanitize ? SANITIZERS : [])],
    after: [],
  };
}
