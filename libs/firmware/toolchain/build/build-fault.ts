import type { Fault } from '#libs/base/result';

/** Regions as linker scripts call them: the main SRAM, that of an arena which lies apart, flash, the vector table's. */
export type LinkRegion = 'SRAM' | 'ARENA' | 'FLASH' | 'VECTORS';

export interface Overflow {
  readonly region: LinkRegion;
  readonly overflowBytes: number;
}

/** Memory regions of the linker script are too small; the first is named, all are listed. */
export interface DoesNotFitRegion extends Fault, Overflow {
  readonly code: 'build.does-not-fit';
  readonly overflows: readonly Overflow[];
  /** What would help, a sentence each. */
  readonly advice: readonly string[];
}

/** The board has not what the program needs. */
export interface NoDrivers extends Fault {
  readonly code: 'board.no-drivers';
}

export interface CompilerMissing extends Fault {
  readonly code: 'build.compiler-missing';
  readonly compiler: string;
}

export interface BuildFailed extends Fault {
  readonly code: 'build.failed';
  /** What the compiler or linker said. */
  readonly log: string;
}

/** The linked program takes more than plan and board said it would: our own books are wrong. */
export interface BrokenPromise extends Fault {
  readonly code: 'build.broken-promise';
  readonly reasons: readonly string[];
}

export type BuildFault = DoesNotFitRegion | NoDrivers | CompilerMissing | BuildFailed | BrokenPromise;

export const compilerMissing = (compiler: string): CompilerMissing => ({
  code: 'build.compiler-missing',
  message: `${compiler} is not installed (README: compilers)`,
  compiler,
});

const OVERFLOW = /region `(SRAM|ARENA|FLASH|VECTORS)' overflowed by (\d+) bytes?/g;
const LONGEST_QUOTE = 400;

/** Reads what the tool said: overflowing regions are a fault of their own. */
export function buildFailed(what: string, log: string): DoesNotFitRegion | BuildFailed {
  const overflows = [...log.matchAll(OVERFLOW)].map(([, region, bytes]) => ({
    region: region as LinkRegion,
    overflowBytes: Number(bytes),
  }));
  const [first] = overflows;
  if (!first)
    return { code: 'build.failed', message: `${what} failed: ${log.trim().slice(0, LONGEST_QUOTE)}`, log };
  const said = overflows.map(({ region, overflowBytes }) => `${region} is ${overflowBytes} bytes too small`);
  const message = `${what}: ${said.join('; ')}`;
  return { code: 'build.does-not-fit', message, ...first, overflows, advice: [] };
}
