import type { Result } from '#libs/base/result';
import type { BoardUid, DeviceAddress } from '#libs/fleet/protocol';

/** What a CONNECT packet says of its sender. */
export interface Claim {
  readonly clientId: string;
  readonly userName: string;
  readonly password: string;
}

/** A board that enrols, with the token that let it in. */
export interface EnrollingIdentity {
  readonly kind: 'enrolling';
  readonly uid: BoardUid;
  readonly tokenId: string;
}

export type DeviceIdentity = EnrollingIdentity | ({ readonly kind: 'device' } & DeviceAddress);

/** Decides who may connect, as whom. The broker asks; enrolment answers. */
export interface DeviceGate {
  admit(claim: Claim): Promise<Result<DeviceIdentity>>;
}

/** Under this token Nest hands out the `DeviceGate`. */
export const DEVICE_GATE = Symbol('DeviceGate');
