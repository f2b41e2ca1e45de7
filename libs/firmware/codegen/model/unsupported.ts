import type { Fault } from '#libs/base/result';

/** The graph needs something that no kernel does. */
export interface Unsupported extends Fault {
  readonly code: 'codegen.unsupported';
  /** Every reason, each naming its operator. */
  readonly reasons: readonly string[];
}

export const unsupported = (graph: string, reasons: readonly string[]): Unsupported => ({
  code: 'codegen.unsupported',
  message: `${graph} cannot be generated: ${reasons.join('; ')}`,
  reasons,
});
