import type { Result } from '#libs/base/result';
import type { ProtocolFault } from '../faults';
import { fixedBytes, int, optional, text, uint } from '../fields';
import {
  MAX_BOARD_BYTES,
  MAX_CORE_BYTES,
  MAX_LABEL_BYTES,
  NONCE_BYTES,
  PROTOCOL_VERSION,
  UID_BYTES,
} from '../limits';
import { decodeRecord, encodeRecord, record } from '../record';

/** `prov/{uid}/req`: a board asks to become a device. */
export interface Enrol {
  readonly protocolVersion: number;
  /** 8 bytes; the topic's uid in hexadecimal. */
  readonly uid: Uint8Array;
  /** 8 bytes, drawn once and kept in flash until enrolled. */
  readonly nonce: Uint8Array;
  readonly board: string;
  readonly core: string;
  /** Bytes that the program may use. */
  readonly sramBudgetBytes: number;
  readonly flashBytes: number;
  /** Free text, shown to people. */
  readonly label?: string;
}

const ENROL = record<Enrol>({
  protocolVersion: int(1, { least: PROTOCOL_VERSION, most: PROTOCOL_VERSION }),
  uid: fixedBytes(2, UID_BYTES),
  nonce: fixedBytes(3, NONCE_BYTES),
  board: text(4, MAX_BOARD_BYTES),
  core: text(5, MAX_CORE_BYTES),
  sramBudgetBytes: uint(6),
  flashBytes: uint(7),
  label: optional(text(8, MAX_LABEL_BYTES)),
});

export const encodeEnrol = (message: Enrol): Uint8Array => encodeRecord(ENROL, message);
export const decodeEnrol = (payload: Uint8Array): Result<Enrol, ProtocolFault> =>
  decodeRecord(payload, ENROL.read);
