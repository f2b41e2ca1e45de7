import type { Board } from '#libs/firmware/boards';
import type { Tools } from '../workshop';

/** What the C is built for: the real image, the fleet's engine, tests on the PC. */
export type TargetName = 'arm' | 'wasm' | 'native';

export interface Variant {
  readonly target: TargetName;
  readonly board: Board;
  /** Native only: AddressSanitizer and UndefinedBehaviorSanitizer. */
  readonly sanitize: boolean;
  /** Wasm only: one number at a time, neither kernels nor compiler use vectors. */
  readonly scalar: boolean;
  /** Macros that are defined as 1 for the sources that know them, and for no others: objects without them are shared. */
  readonly defines: readonly string[];
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

/**
 * -fno-schedule-insns: before register allocation, scheduling only makes spills (12 % of the instructions). -fno-branch-count-reg:
 * GCC 12 makes low-overhead loops (Cortex-M55) of loops whose last comparison is used behind them, too (fl_small.h).
 */
const ARM = ['-O2', '-fno-schedule-insns', '-fno-branch-count-reg', '-fstack-usage', '-fcallgraph-info=su'];

const WASM = ['--target=wasm32', '-O3'];
/** kernels/*_wasm.c are written with them: `defines` of such a build has FL_SIMD (fl_plain.h). */
const VECTORS = ['-msimd128'];
const NO_VECTORS = ['-fno-vectorize', '-fno-slp-vectorize'];

const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-g'];

export const compilerOf = (tools: Tools, target: TargetName): string =>
  ({ arm: tools.arm, wasm: tools.wasm, native: tools.native })[target];

/** Flags of every compilation; object files of the same flags and texts are shared. */
export function compileFlags({ target, board, sanitize, scalar }: Variant): readonly string[] {
  const common = [...LANGUAGE, ...SEMANTICS, ...SECTIONS];
  if (target === 'arm') return [...board.cpuFlags, ...common, ...GCC, ...ARM];
  if (target === 'wasm') return [...common, ...WASM, ...(scalar ? NO_VECTORS : VECTORS)];
  return [...common, ...GCC, ...(sanitize ? ['-O1', ...SANITIZERS] : ['-O3'])];
}

/** Start-up code runs before memory is set up: it is compiled plainly (FIRMWARE 1, pitfalls). */
export const STARTUP_FLAGS: readonly string[] = ['-O1'];

/**
 * Of what is not hot, on boards: the model's own text, the session, the network. Its tables in one section, because then they
 * are addressed from each other.
 */
export const SMALL_FLAGS: readonly string[] = ['-Os', '-fno-data-sections'];

const armLinkFlags = ({ board }: Variant): readonly string[] => [
  ...board.cpuFlags,
  '-nostdlib',
  '-Wl,--gc-sections',
  '-Wl,--fatal-warnings',
];

export const WASM_STACK_BYTES = 32768;
const WASM_LARGEST_MEMORY = 1 << 30;

/** The stack comes first: when it overflows, it leaves memory and traps. */
const wasmLinkFlags = (exported: readonly string[]): readonly string[] => [
  '--no-entry',
  '--gc-sections',
  '--strip-all',
  '--stack-first',
  '-z',
  `stack-size=${WASM_STACK_BYTES}`,
  `--max-memory=${WASM_LARGEST_MEMORY}`,
  ...[...exported, '__heap_base'].map((name) => `--export=${name}`),
];

export interface LinkCommand {
  readonly tool: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Whether board and sections are drawn by linker scripts. */
  readonly takesScripts: boolean;
}

/** How objects become a program: tool, flags before the objects, flags after them. */
export function linkCommand(tools: Tools, variant: Variant, exports: readonly string[]): LinkCommand {
  if (variant.target === 'arm')
    return { tool: tools.arm, before: armLinkFlags(variant), after: ['-lgcc'], takesScripts: true };
  if (variant.target === 'wasm')
    return { tool: tools.wasmLinker, before: wasmLinkFlags(exports), after: [], takesScripts: false };
  return {
    tool: tools.native,
    before: ['-Wl,--gc-sections', ...(variant.sanitize ? SANITIZERS : [])],
    after: [],
    takesScripts: false,
  };
}
