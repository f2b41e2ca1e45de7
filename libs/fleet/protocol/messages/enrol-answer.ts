import type { Result } from '#libs/base/result';
import type { CborMap } from '../cbor';
import { Status } from '../device-codes';
import type { ProtocolFault } from '../faults';
import { constant, fixedBytes, int, optional, pattern, required, text } from '../fields';
import { DEVICE_ID_PATTERN, FLEET_ID_PATTERN, SECRET_PATTERN, type DeviceId, type FleetId } from '../ids';
import { INT32_MIN } from '../cbor-value';
import { MAX_TEXT_BYTES, NONCE_BYTES } from '../limits';
import { decodeRecord, encodeRecord, record } from '../record';

/** `prov/{uid}/rsp`: the credentials of the new device. */
export interface EnrolGranted {
  readonly kind: 'granted';
  /** The request's, 8 bytes. */
  readonly nonce: Uint8Array;
  readonly device: DeviceId;
  readonly fleet: FleetId;
  /** 64 hexadecimal digits: the MQTT password. */
  readonly secret: string;
}

/** `prov/{uid}/rsp`: why not. */
export interface EnrolRefused {
  readonly kind: 'refused';
  /** Negative. */
  readonly status: number;
  readonly nonce: Uint8Array;
  readonly text?: string;
}

export type EnrolAnswer = EnrolGranted | EnrolRefused;

const GRANTED = record<EnrolGranted>({
  kind: constant(1, Status.ok, 'granted'),
  nonce: fixedBytes(2, NONCE_BYTES),
  device: pattern<DeviceId>(3, DEVICE_ID_PATTERN),
  fleet: pattern<FleetId>(4, FLEET_ID_PATTERN),
  secret: pattern(5, SECRET_PATTERN),
});

const REFUSED = record<Omit<EnrolRefused, 'kind'>>({
  status: int(1, { least: INT32_MIN, most: -1 }),
  nonce: fixedBytes(2, NONCE_BYTES),
  text: optional(text(6, MAX_TEXT_BYTES)),
});

const read = (map: CborMap): EnrolAnswer =>
  required(map, 1) === Status.ok ? GRANTED.read(map) : { kind: 'refused', ...REFUSED.read(map) };

export const encodeEnrolAnswer = (message: EnrolAnswer): Uint8Array =>
  message.kind === 'granted' ? encodeRecord(GRANTED, message) : encodeRecord(REFUSED, message);
export const decodeEnrolAnswer = (payload: Uint8Array): Result<EnrolAnswer, ProtocolFault> =>
  decodeRecord(payload, read);
