import type { BoardUid, DeviceId, FleetId } from './ids';
import { parseBoardUid, parseDeviceId, parseFleetId } from './ids';

export const UP_MESSAGES = ['hello', 'fetch', 'progress', 'result', 'delta'] as const;
export type UpMessage = (typeof UP_MESSAGES)[number];
export const DOWN_MESSAGES = ['job', 'digests', 'chunk', 'ack'] as const;
export type DownMessage = (typeof DOWN_MESSAGES)[number];

/** A device within a fleet: who an enrolled connection is. */
export interface DeviceAddress {
  readonly fleet: FleetId;
  readonly device: DeviceId;
}

const ROOT = 'fl/1';

export const enrolTopic = (uid: BoardUid): string => `${ROOT}/prov/${uid}/req`;
export const enrolAnswerTopic = (uid: BoardUid): string => `${ROOT}/prov/${uid}/rsp`;
export const upTopic = ({ fleet, device }: DeviceAddress, message: UpMessage): string =>
  `${ROOT}/${fleet}/${device}/up/${message}`;
export const downTopic = ({ fleet, device }: DeviceAddress, message: DownMessage): string =>
  `${ROOT}/${fleet}/${device}/dn/${message}`;
/** What an enrolled device subscribes to: everything that is for it. */
export const downFilter = ({ fleet, device }: DeviceAddress): string => `${ROOT}/${fleet}/${device}/dn/+`;

/** A topic of the protocol, taken apart. */
export type Topic =
  | { readonly kind: 'enrol' | 'enrolAnswer'; readonly uid: BoardUid }
  | { readonly kind: 'up'; readonly address: DeviceAddress; readonly message: UpMessage }
  | { readonly kind: 'down'; readonly address: DeviceAddress; readonly message: DownMessage };

/** The topic's meaning; undefined for anything that PROTOCOL.md does not name (wildcards among them). */
export function parseTopic(topic: string): Topic | undefined {
  const levels = topic.split('/', 7);
  if (levels[0] !== 'fl' || levels[1] !== '1') return undefined;
  if (levels.length === 5) return parseEnrolment(levels);
  if (levels.length === 6) return parseDeviceTopic(levels);
  return undefined;
}

function parseEnrolment([, , prov, uidText = '', leaf]: readonly string[]): Topic | undefined {
  const uid = parseBoardUid(uidText);
  if (prov !== 'prov' || uid === undefined) return undefined;
  if (leaf === 'req') return { kind: 'enrol', uid };
  if (leaf === 'rsp') return { kind: 'enrolAnswer', uid };
  return undefined;
}

function parseDeviceTopic([, , fleetText = '', deviceText = '', way, leaf]: readonly string[]):
  Topic | undefined {
  const fleet = parseFleetId(fleetText);
  const device = parseDeviceId(deviceText);
  if (fleet === undefined || device === undefined) return undefined;
  const address = { fleet, device };
  const up = UP_MESSAGES.find((message) => message === leaf);
  if (way === 'up' && up !== undefined) return { kind: 'up', address, message: up };
  const down = DOWN_MESSAGES.find((message) => message === leaf);
  if (way === 'dn' && down !== undefined) return { kind: 'down', address, message: down };
  return undefined;
}
