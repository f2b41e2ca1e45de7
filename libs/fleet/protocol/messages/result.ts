import type { Result as Outcome } from '#libs/base/result';
import type { CborMap } from '../cbor';
import { Status } from '../device-codes';
import { refuse, type ProtocolFault } from '../faults';
import { digest, int, list, optional, required, uint } from '../fields';
import type { ExecutionId, SchemeId } from '../ids';
import { INT32_MIN } from '../cbor-value';
import { MAX_LEARNED_ITEMS, MAX_PASSES } from '../limits';
import { decodeRecord, encodeRecord, record, type Fields } from '../record';
import { saturated, type Saturated, sessionEnd, type SessionEnd } from './session-plan';

/** What every session that ended well tells. */
interface Measured {
  readonly execution: ExecutionId;
  readonly attempt: number;
  /** Items of the test set. */
  readonly testItems: number;
  /** Static data, arena and stack as measured on the device. */
  readonly peakSramBytes: number;
  readonly peakStackBytes: number;
  /** SHA-256 of the parameter image worked on. */
  readonly baseDigest: Uint8Array;
  readonly scheme: SchemeId;
  /** Over MQTT for this execution. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

export interface TrainedResult extends Measured {
  readonly kind: 'trained';
  /** Predicted rightly, of `testItems`. */
  readonly rightBefore: number;
  readonly rightAfter: number;
  /** Mean on the test set, 1/65536 bit. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  /** 1..65,535. */
  readonly learnedItems: number;
  readonly steps: number;
  /** Mean loss of each pass, 1/65536 bit. */
  readonly passLosses: readonly number[];
  /** Restarts by the loss guard. */
  readonly guardRestarts: number;
  /** The encoded delta; at least 1. */
  readonly deltaBytes: number;
  /** SHA-256 of the delta before encoding (NUMERICS N12 layout). */
  readonly deltaDigest: Uint8Array;
  /** Why it made no further pass; absent: the program does not tell. */
  readonly end?: SessionEnd;
  /** Absent: the program does not count. */
  readonly saturated?: Saturated;
}

export interface EvaluatedResult extends Measured {
  readonly kind: 'evaluated';
  readonly right: number;
  /** Mean on the test set, 1/65536 bit. */
  readonly loss: number;
}

export interface FailedResult {
  readonly kind: 'failed';
  readonly execution: ExecutionId;
  readonly attempt: number;
  /** Negative. */
  readonly status: number;
  readonly passLosses?: readonly number[];
  readonly guardRestarts?: number;
  readonly peakSramBytes?: number;
  readonly peakStackBytes?: number;
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
  /** Of a session that made a pass. */
  readonly end?: SessionEnd;
  readonly saturated?: Saturated;
}

/** `up/result`: what a session did; judged before any delta byte is taken. */
export type SessionResult = TrainedResult | EvaluatedResult | FailedResult;

const execution = uint<ExecutionId>(1);
const attempt = uint(2);
const passLosses = list(11, MAX_PASSES, uint(11));
const guardRestarts = uint(12);
const peakSramBytes = uint(13);
const peakStackBytes = uint(14);
const receivedBytes = uint(19);
const sentBytes = uint(20);
const end = optional(sessionEnd(21));
const saturatedValues = optional(saturated(22));

interface Well {
  readonly status: number;
}
const WELL: Fields<Well & Measured> = {
  execution,
  attempt,
  status: int(3, { least: Status.ok, most: Status.ok }),
  testItems: uint(4),
  peakSramBytes,
  peakStackBytes,
  baseDigest: digest(15),
  scheme: uint<SchemeId>(16),
  receivedBytes,
  sentBytes,
};

const TRAINED = record<Well & Omit<TrainedResult, 'kind'>>({
  ...WELL,
  rightBefore: uint(5),
  rightAfter: uint(6),
  lossBefore: uint(7),
  lossAfter: uint(8),
  learnedItems: int(9, { least: 1, most: MAX_LEARNED_ITEMS }),
  steps: uint(10),
  passLosses,
  guardRestarts,
  deltaBytes: int(17, { least: 1, most: 0xffffffff }),
  deltaDigest: digest(18),
  end,
  saturated: saturatedValues,
});

const EVALUATED = record<Well & Omit<EvaluatedResult, 'kind'> & { readonly deltaBytes: number }>({
  ...WELL,
  right: uint(5),
  loss: uint(7),
  deltaBytes: int(17, { least: 0, most: 0 }),
});

const FAILED = record<Omit<FailedResult, 'kind'>>({
  execution,
  attempt,
  status: int(3, { least: INT32_MIN, most: -1 }),
  passLosses: optional(passLosses),
  guardRestarts: optional(guardRestarts),
  peakSramBytes: optional(peakSramBytes),
  peakStackBytes: optional(peakStackBytes),
  receivedBytes: optional(receivedBytes),
  sentBytes: optional(sentBytes),
  end,
  saturated: saturatedValues,
});

function read(map: CborMap): SessionResult {
  if (required(map, 3) !== Status.ok) return { kind: 'failed', ...FAILED.read(map) };
  return map.has(6) ? readTrained(map) : readEvaluated(map);
}

function readTrained(map: CborMap): TrainedResult {
  const { status: _, ...trained } = TRAINED.read(map);
  checkRight(Math.max(trained.rightBefore, trained.rightAfter), trained);
  return { kind: 'trained', ...trained };
}

function readEvaluated(map: CborMap): EvaluatedResult {
  const { status: _, deltaBytes: __, ...evaluated } = EVALUATED.read(map);
  checkRight(evaluated.right, evaluated);
  return { kind: 'evaluated', ...evaluated };
}

function checkRight(right: number, { testItems }: Measured): void {
  if (right > testItems) refuse('protocol.out-of-range', `${right} right of ${testItems}`);
}

export function encodeResult(result: SessionResult): Uint8Array {
  switch (result.kind) {
    case 'trained':
      return encodeRecord(TRAINED, { ...result, status: Status.ok });
    case 'evaluated':
      return encodeRecord(EVALUATED, { ...result, status: Status.ok, deltaBytes: 0 });
    case 'failed':
      return encodeRecord(FAILED, result);
  }
}

export const decodeResult = (payload: Uint8Array): Outcome<SessionResult, ProtocolFault> =>
  decodeRecord(payload, read);
