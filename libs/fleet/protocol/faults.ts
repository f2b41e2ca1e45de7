import { fault, type Fault } from '#libs/base/result';

/** Why a payload is refused; every one of them is status -1 (malformed) on the wire. */
export type ProtocolFaultCode =
  | 'protocol.oversize'
  | 'protocol.truncated'
  | 'protocol.trailing-bytes'
  | 'protocol.indefinite-length'
  | 'protocol.not-shortest'
  | 'protocol.forbidden-type'
  | 'protocol.integer-range'
  | 'protocol.too-deep'
  | 'protocol.not-a-map'
  | 'protocol.key-type'
  | 'protocol.key-order'
  | 'protocol.bad-text'
  | 'protocol.missing-key'
  | 'protocol.wrong-type'
  | 'protocol.out-of-range';

export interface ProtocolFault extends Fault {
  readonly code: ProtocolFaultCode;
}

/** Unwinds a decoder; never leaves this library (`decoding` turns it into a value). */
export class Malformed extends Error {
  constructor(readonly reason: ProtocolFault) {
    super(reason.message);
  }
}

export function refuse(code: ProtocolFaultCode, message: string): never {
  throw new Malformed(fault(code, message));
}
