import type { Result } from '#libs/base/result';
import type { ProtocolFault } from '../faults';
import { int, optional, text, uint } from '../fields';
import type { ExecutionId } from '../ids';
import { INT32_MIN } from '../cbor-value';
import { MAX_TEXT_BYTES } from '../limits';
import { decodeRecord, encodeRecord, record } from '../record';

/** `dn/ack`: what the server made of a result or a piece of a delta. */
export interface Ack {
  readonly execution: ExecutionId;
  readonly attempt: number;
  /** 0: go on; 1: stored, the execution is over; negative: refused, over too. */
  readonly status: number;
  /** Bytes of the encoded delta that the server has: send from there. */
  readonly haveBytes: number;
  readonly text?: string;
}

const ACK = record<Ack>({
  execution: uint<ExecutionId>(1),
  attempt: uint(2),
  status: int(3, { least: INT32_MIN, most: 1 }),
  haveBytes: uint(4),
  text: optional(text(5, MAX_TEXT_BYTES)),
});

export const encodeAck = (message: Ack): Uint8Array => encodeRecord(ACK, message);
export const decodeAck = (payload: Uint8Array): Result<Ack, ProtocolFault> => decodeRecord(payload, ACK.read);
