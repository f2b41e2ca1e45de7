import type { Result } from '#libs/base/result';
import type { ProtocolFault } from '../faults';
import { digestOrNone, uint } from '../fields';
import type { LayoutId, SchemeId } from '../ids';
import { decodeRecord, encodeRecord, record } from '../record';

/** `up/hello`: what a device is and has, after every start and every lost connection. */
export interface Hello {
  /** Starts counted in flash. */
  readonly boots: number;
  /** What the program was built for; 0: a program without a model. */
  readonly layout: LayoutId;
  readonly scheme: SchemeId;
  /** SHA-256 of the parameter image in flash, 32 bytes; empty: none. */
  readonly parameterDigest: Uint8Array;
}

const HELLO = record<Hello>({
  boots: uint(1),
  layout: uint<LayoutId>(2),
  scheme: uint<SchemeId>(3),
  parameterDigest: digestOrNone(4),
});

export const encodeHello = (message: Hello): Uint8Array => encodeRecord(HELLO, message);
export const decodeHello = (payload: Uint8Array): Result<Hello, ProtocolFault> =>
  decodeRecord(payload, HELLO.read);
