import type { Result } from '#libs/base/result';
import type { ProtocolFault } from '../faults';
import { choice, uint } from '../fields';
import type { ExecutionId } from '../ids';
import { decodeRecord, encodeRecord, record } from '../record';

export type Phase = 'fetching' | 'evaluatingBefore' | 'training' | 'evaluatingAfter' | 'uploading';
export const PHASES: Readonly<Record<Phase, number>> = {
  fetching: 1,
  evaluatingBefore: 2,
  training: 3,
  evaluatingAfter: 4,
  uploading: 5,
};

/** `up/progress`: telemetry, not acknowledged. What a phase does not have is 0. */
export interface Progress {
  readonly execution: ExecutionId;
  readonly attempt: number;
  readonly phase: Phase;
  /** Training: from 0. */
  readonly pass: number;
  /** Chunks, items or bytes of the phase. */
  readonly done: number;
  readonly total: number;
  /** Mean over what is done so far, 1/65536 bit. */
  readonly loss: number;
  /** Items of what is done that were predicted rightly. */
  readonly right: number;
  /** Static data, arena and stack as measured so far. */
  readonly peakSramBytes: number;
  readonly peakStackBytes: number;
}

const PROGRESS = record<Progress>({
  execution: uint<ExecutionId>(1),
  attempt: uint(2),
  phase: choice(3, PHASES),
  pass: uint(4),
  done: uint(5),
  total: uint(6),
  loss: uint(7),
  right: uint(8),
  peakSramBytes: uint(9),
  peakStackBytes: uint(10),
});

export const encodeProgress = (message: Progress): Uint8Array => encodeRecord(PROGRESS, message);
export const decodeProgress = (payload: Uint8Array): Result<Progress, ProtocolFault> =>
  decodeRecord(payload, PROGRESS.read);
