import type { Fault } from '#libs/base/result';

/** A memory region of the linker script is too small. */
export interface DoesNotFitRegion extends Fault {
  readonly code: 'build.does-not-fit';
  readonly region: 'SRAM' | 'FLASH';
  readonly overflowBytes: number;
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

export type BuildFault = DoesNotFitRegion | CompilerMissing | BuildFailed | BrokenPromise;

export const compilerMissing = (compiler: string): CompilerMissing => ({
  code: 'build.compiler-missing',
  message: `${compiler} is not installed (README: compilers)`,
  compiler,
});

const OVERFLOW = /region `(SRAM|FLASH)' overflowed by (\d+) bytes?/;
const LONGEST_QUOTE = 400;

/** Reads what the tool said: an overflowing region is a fault of its own. */
export function buildFailed(what: string, log: string): DoesNotFitRegion | BuildFailed {
  const [, region, bytes] = OVERFLOW.exec(log) ?? [];
  if (region === 'SRAM' || region === 'FLASH') {
    const overflowBytes = Number(bytes);
    return {
      code: 'build.does-not-fit',
      message: `${what}: ${region} is ${overflowBytes} bytes too small`,
      region,
      overflowBytes,
    };
  }
  return { code: 'build.failed', message: `${what} failed: ${log.trim().slice(0, LONGEST_QUOTE)}`, log };
}
