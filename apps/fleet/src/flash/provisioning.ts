import { ByteWriter } from '#libs/base/bytes';
import { invariant } from '#libs/base/result';
import { MAX_BOARD_BYTES, MAX_CORE_BYTES, MAX_LABEL_BYTES, UID_BYTES } from '#libs/fleet/protocol';
import { SECTOR_BYTES } from './flash-map';
import { encodeRecord } from './record';
import { writeText } from './texts';

/** What the factory writes into a board (fl_provisioning in C). */
export interface Provisioning {
  readonly uid: Uint8Array;
  /** Secret random bytes, from which the device draws its enrolment nonce. */
  readonly entropy: Uint8Array;
  readonly sramBytes: number;
  readonly flashBytes: number;
  /** Of each parameter slot; whole sectors. */
  readonly slotBytes: number;
  /** Of the ring for items that the device captures itself; whole sectors. Default: none. */
  readonly captureBytes?: number;
  readonly board: string;
  readonly core: string;
  readonly label: string;
  /** The fleet's enrolment token. */
  readonly token: string;
}

const MAGIC = 0x52504c46; // 'FLPR'
export const ENTROPY_BYTES = 16;
/** Every text field has room for its longest text, its end, and whole words. */
const TEXT_END = 4;
const TOKEN_ROOM = 132;

export function encodeProvisioning(board: Provisioning): Uint8Array {
  invariant(
    board.uid.length === UID_BYTES && board.entropy.length === ENTROPY_BYTES,
    'uid has 8 bytes, entropy 16',
  );
  const { slotBytes, captureBytes = 0 } = board;
  invariant(slotBytes % SECTOR_BYTES === 0, 'a slot is whole sectors');
  invariant(captureBytes % SECTOR_BYTES === 0, 'the capture ring is whole sectors');
  const writer = new ByteWriter();
  writer.bytes(board.uid);
  writer.bytes(board.entropy);
  writer.u32(board.sramBytes);
  writer.u32(board.flashBytes);
  writer.u32(slotBytes);
  writer.u32(captureBytes);
  writeText(writer, board.board, MAX_BOARD_BYTES + TEXT_END);
  writeText(writer, board.core, MAX_CORE_BYTES + TEXT_END);
  writeText(writer, board.label, MAX_LABEL_BYTES + TEXT_END);
  writeText(writer, board.token, TOKEN_ROOM);
  return encodeRecord(MAGIC, writer.finish());
}
