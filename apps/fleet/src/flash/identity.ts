import { ByteReader, toHex } from '#libs/base/bytes';
import { MAX_ID_BYTES, NONCE_BYTES } from '#libs/fleet/protocol';
import { FLASH_MAP } from './flash-map';
import { readRecord } from './record';
import { readText } from './texts';

/** What a device has stored of its enrolment (fl_identity in C). */
export interface StoredIdentity {
  readonly nonce: string;
  readonly isEnrolled: boolean;
  /** Empty until enrolled. */
  readonly device: string;
  readonly fleet: string;
  readonly secret: string;
}

const MAGIC = 0x44494c46; // 'FLID'
const SECRET_ROOM = 68;

/** Undefined: the device has not begun to enrol. */
export function readIdentity(flash: Uint8Array): StoredIdentity | undefined {
  const payload = readRecord(flash, FLASH_MAP.identity, MAGIC);
  if (!payload) return undefined;
  const reader = new ByteReader(payload);
  return {
    nonce: toHex(reader.take(NONCE_BYTES)),
    isEnrolled: reader.u32() === 1,
    device: readText(reader, MAX_ID_BYTES + 4),
    fleet: readText(reader, MAX_ID_BYTES + 4),
    secret: readText(reader, SECRET_ROOM),
  };
}
