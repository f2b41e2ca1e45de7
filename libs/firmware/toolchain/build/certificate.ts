import { err, ok, type Result } from '#libs/base/result';
import type { Board } from '#libs/firmware/boards';
import type { ModelFacts } from '#libs/firmware/codegen';
import { flashUse, ramUse, readElf, symbolNamed } from '#libs/firmware/elf';
import type { BrokenPromise } from './build-fault';
import { type CallGraph, type StackBound, stackBound } from './call-graph';

/** What the linked file takes, against what plan and board allow: the proof that it fits. */
export interface FitCertificate {
  readonly ramBytes: number;
  readonly ramBudgetBytes: number;
  readonly arenaBytes: number;
  /** Static variables outside the arena. */
  readonly staticBytes: number;
  /** Reserved for the stack. */
  readonly stackBytes: number;
  /** Proved need of the program's own calls (traps add 32 bytes each). */
  readonly stackBound: StackBound;
  readonly flashBytes: number;
  readonly flashBudgetBytes: number;
  readonly flashSections: Readonly<Record<string, number>>;
}

const ARENA_SYMBOL = 'fl_arena';
/** What the processor pushes when a trap or an interrupt comes. */
const EXCEPTION_FRAME_BYTES = 32;

function reasonsAgainst(certificate: FitCertificate, board: Board, facts: ModelFacts): readonly string[] {
  const { ramBytes, arenaBytes, staticBytes, flashBytes, stackBound: bound } = certificate;
  const claims: readonly (readonly [boolean, string])[] = [
    [ramBytes <= board.budget.sramBytes, `RAM ${ramBytes} of ${board.budget.sramBytes} bytes`],
    [flashBytes <= board.budget.flashBytes, `flash ${flashBytes} of ${board.budget.flashBytes} bytes`],
    [arenaBytes === facts.arenaBytes, `arena ${arenaBytes} bytes, planned ${facts.arenaBytes}`],
    [
      staticBytes <= board.reserveBytes,
      `static variables ${staticBytes} of ${board.reserveBytes} reserved bytes`,
    ],
    [
      bound.bytes + EXCEPTION_FRAME_BYTES <= board.stackBytes,
      `stack ${bound.bytes} of ${board.stackBytes} bytes (${bound.path.join(' > ')})`,
    ],
    [bound.doubts.length === 0, `stack bound is not proved: ${bound.doubts.join(', ')}`],
  ];
  return claims.filter(([holds]) => !holds).map(([, claim]) => claim);
}

/** The program's calls, and the handlers that may interrupt the deepest of them. */
export interface Calls {
  readonly graph: CallGraph;
  readonly interrupts: readonly string[];
}

/** Reads the linked file back and compares it with plan and budget. */
export function certify(
  binary: Uint8Array,
  { graph, interrupts }: Calls,
  board: Board,
  facts: ModelFacts,
): Result<FitCertificate, BrokenPromise> {
  const elf = readElf(binary);
  if (!elf.ok) return err(broken([elf.error.message]));
  const ram = ramUse(elf.value);
  const flash = flashUse(elf.value);
  const arenaBytes = symbolNamed(elf.value, ARENA_SYMBOL)?.size ?? 0;
  const certificate: FitCertificate = {
    ramBytes: ram.totalBytes,
    ramBudgetBytes: board.budget.sramBytes,
    arenaBytes,
    staticBytes: ram.totalBytes - ram.stackBytes - arenaBytes,
    stackBytes: ram.stackBytes,
    stackBound: stackBound(graph, 'fl_reset', interrupts),
    flashBytes: flash.totalBytes,
    flashBudgetBytes: board.budget.flashBytes,
    flashSections: Object.fromEntries(flash.sections),
  };
  const reasons = reasonsAgainst(certificate, board, facts);
  return reasons.length === 0 ? ok(certificate) : err(broken(reasons));
}

const broken = (reasons: readonly string[]): BrokenPromise => ({
  code: 'build.broken-promise',
  message: `the linked program does not keep its promises: ${reasons.join('; ')}`,
  reasons,
});
