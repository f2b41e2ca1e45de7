/** One device's part in one round. */
export type ExecutionStatus =
  | 'queued'
  | 'offered'
  | 'fetching'
  | 'evaluatingBefore'
  | 'training'
  | 'evaluatingAfter'
  | 'uploading'
  | 'succeeded'
  | 'failed'
  | 'timedOut'
  | 'cancelled';

/** What a working device reports; the order in which it passes them. */
export type WorkPhase = 'fetching' | 'evaluatingBefore' | 'training' | 'evaluatingAfter' | 'uploading';

const WORKING: readonly ExecutionStatus[] = [
  'fetching',
  'evaluatingBefore',
  'training',
  'evaluatingAfter',
  'uploading',
];
const ENDINGS: readonly ExecutionStatus[] = ['succeeded', 'failed', 'timedOut', 'cancelled'];

/**
 * From each status, the statuses that may follow. A device that lost power begins its work again, so every working
 * status may follow every other; a final status is final.
 */
export const EXECUTION_TABLE: { readonly [S in ExecutionStatus]: readonly ExecutionStatus[] } = {
  queued: ['offered', ...WORKING, ...ENDINGS],
  offered: ['offered', ...WORKING, ...ENDINGS],
  fetching: ['offered', ...WORKING, ...ENDINGS],
  evaluatingBefore: ['offered', ...WORKING, ...ENDINGS],
  training: ['offered', ...WORKING, ...ENDINGS],
  evaluatingAfter: ['offered', ...WORKING, ...ENDINGS],
  uploading: ['offered', ...WORKING, ...ENDINGS],
  succeeded: [],
  failed: [],
  timedOut: [],
  cancelled: [],
};

export const isFinalExecution = (status: ExecutionStatus): boolean => EXECUTION_TABLE[status].length === 0;

export interface Execution {
  readonly device: string;
  readonly status: ExecutionStatus;
  /** Of a failed execution: the device's or the server's status code (PROTOCOL.md). */
  readonly code?: number;
}
