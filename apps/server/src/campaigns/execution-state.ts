/**
 * - open: told, or to be told; its device may be working on it
 * - uploading: its result was judged and is kept; its delta is on the way
 * - stored: trained, delta kept
 * - evaluated: told how well the image does
 * - failed: the device says that it could not
 * - refused: what the device sent was refused, with the status code
 * - closed: the round ended without it
 */
export const EXECUTION_STATES = [
  'open',
  'uploading',
  'stored',
  'evaluated',
  'failed',
  'refused',
  'closed',
] as const;
export type ExecutionState = (typeof EXECUTION_STATES)[number];

const GOING: ReadonlySet<ExecutionState> = new Set<ExecutionState>(['open', 'uploading']);

/** Not over. */
export const isGoing = (state: ExecutionState): boolean => GOING.has(state);
