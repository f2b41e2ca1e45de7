/** Names on the wire. Numbers are unsigned, 32 bits, from 1; 0 stands for "none". */

declare const executionIdBrand: unique symbol;
/** One device's part in one round (or in a final evaluation). */
export type ExecutionId = number & { readonly [executionIdBrand]: true };
export const executionId = (id: number): ExecutionId => id as ExecutionId;

declare const artifactIdBrand: unique symbol;
/** A parameter image that devices fetch. */
export type ArtifactId = number & { readonly [artifactIdBrand]: true };
export const artifactId = (id: number): ArtifactId => id as ArtifactId;

declare const layoutIdBrand: unique symbol;
/** Names the layout of a parameter image; the first 32 bits of a digest of it. */
export type LayoutId = number & { readonly [layoutIdBrand]: true };
export const layoutId = (id: number): LayoutId => id as LayoutId;

declare const schemeIdBrand: unique symbol;
/** Names what is trained, and so the layout of a delta; the first 32 bits of a digest of it. */
export type SchemeId = number & { readonly [schemeIdBrand]: true };
export const schemeId = (id: number): SchemeId => id as SchemeId;

declare const uidBrand: unique symbol;
/** What a board calls itself before it is enrolled: 16 hexadecimal digits, lower case. */
export type BoardUid = string & { readonly [uidBrand]: true };

declare const fleetIdBrand: unique symbol;
export type FleetId = string & { readonly [fleetIdBrand]: true };

declare const deviceIdBrand: unique symbol;
export type DeviceId = string & { readonly [deviceIdBrand]: true };

/** `prov` is taken: enrolment topics stand where a fleet's id would. */
export const FLEET_ID_PATTERN = /^(?!prov$)[a-z0-9-]{1,32}$/;
export const DEVICE_ID_PATTERN = /^[a-z0-9-]{1,32}$/;
export const UID_PATTERN = /^[0-9a-f]{16}$/;
export const SECRET_PATTERN = /^[0-9a-f]{64}$/;

/** The id, or undefined if it does not match its pattern. */
export const parseFleetId = (id: string): FleetId | undefined =>
  FLEET_ID_PATTERN.test(id) ? (id as FleetId) : undefined;
export const parseDeviceId = (id: string): DeviceId | undefined =>
  DEVICE_ID_PATTERN.test(id) ? (id as DeviceId) : undefined;
export const parseBoardUid = (uid: string): BoardUid | undefined =>
  UID_PATTERN.test(uid) ? (uid as BoardUid) : undefined;
