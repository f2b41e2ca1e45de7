import type { Result } from '#libs/base/result';
import type { ProtocolFault } from '../faults';
import { bytes, uint } from '../fields';
import type { ExecutionId } from '../ids';
import { MAX_DELTA_PIECE_BYTES } from '../limits';
import { decodeRecord, encodeRecord, record } from '../record';

/** `up/delta`: a piece of the encoded delta. */
export interface DeltaPiece {
  readonly execution: ExecutionId;
  readonly attempt: number;
  /** Bytes of the encoded delta before this piece. */
  readonly offset: number;
  /** 1..1,024 bytes. */
  readonly bytes: Uint8Array;
}

const DELTA_PIECE = record<DeltaPiece>({
  execution: uint<ExecutionId>(1),
  attempt: uint(2),
  offset: uint(3),
  bytes: bytes(4, { least: 1, most: MAX_DELTA_PIECE_BYTES }),
});

export const encodeDeltaPiece = (message: DeltaPiece): Uint8Array => encodeRecord(DELTA_PIECE, message);
export const decodeDeltaPiece = (payload: Uint8Array): Result<DeltaPiece, ProtocolFault> =>
  decodeRecord(payload, DELTA_PIECE.read);
