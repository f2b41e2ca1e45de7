import type { Board } from '#libs/firmware/boards';
import { type CallGraph, type StackBound, stackBound } from './call-graph';
import type { Figure } from './certificate';

/** The stack that a program can need at worst, and what it is made of. */
export interface StackNeed {
  readonly reservedBytes: number;
  readonly needBytes: number;
  readonly marginBytes: number;
  readonly figures: readonly Figure[];
}

/**
 * What the processor pushes when an exception comes: 8 words, and 18 more where floating-point or vector registers are in use
 * (S0 to S15, FPSCR, and VPR or nothing). It may leave them unwritten, but never takes less.
 */
const FRAME_BYTES = 32;
const FLOAT_FRAME_BYTES = 104;
/** It brings the stack pointer to a multiple of 8 first. */
const FRAME_PADDING_BYTES = 4;

const usesFloats = ({ cpuFlags, fpu }: Board): boolean => fpu && !cpuFlags.includes('-mfloat-abi=soft');

function frame(board: Board): number {
  return FRAME_PADDING_BYTES + (usesFloats(board) ? FLOAT_FRAME_BYTES : FRAME_BYTES);
}

/**
 * The deepest chain of calls, the deepest handler on top, and their frames. All handlers have the same priority, so none
 * interrupts another; a trap may interrupt any, and reports from an emptied stack.
 */
export function stackNeed(
  { graph, interrupts }: { readonly graph: CallGraph; readonly interrupts: readonly string[] },
  bound: StackBound,
  board: Board,
): StackNeed {
  const program = stackBound(graph, 'fl_reset');
  const perFrame = frame(board);
  const floats = usesFloats(board) ? 'with' : 'without';
  const handlers = bound.path.slice(program.path.length);
  const figures: readonly Figure[] = [
    { what: 'deepest calls', bytes: program.bytes, from: `gcc call graph: ${program.path.join(' > ')}` },
    ...(interrupts.length > 0
      ? [
          {
            what: 'deepest interrupt handler',
            bytes: bound.bytes - program.bytes,
            from: `gcc call graph: ${handlers.length > 0 ? handlers.join(' > ') : interrupts.join(', ')}; one priority level`,
          },
          {
            what: 'frame of that interrupt',
            bytes: perFrame,
            from: `architecture, ${floats} floating point`,
          },
        ]
      : []),
    { what: 'frame of a trap', bytes: perFrame, from: `architecture, ${floats} floating point` },
  ];
  const needBytes = figures.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    reservedBytes: board.stackBytes,
    needBytes,
    marginBytes: board.stackBytes - needBytes,
    figures,
  };
}
