import type { BoardUid } from './ids';
import { downFilter, parseTopic, type DeviceAddress } from './topics';

/** Who a connection is, once its password has been checked. Topics are held against this, never against what it says. */
export type Identity =
  | { readonly kind: 'enrolling'; readonly uid: BoardUid }
  | ({ readonly kind: 'device' } & DeviceAddress)
  | { readonly kind: 'server' };

/** Whether `who` may publish to `topic` (a will's topic too). The server only speaks the protocol's own topics, downwards. */
export function mayPublish(who: Identity, topic: string): boolean {
  const parsed = parseTopic(topic);
  if (!parsed) return false;
  switch (who.kind) {
    case 'enrolling':
      return parsed.kind === 'enrol' && parsed.uid === who.uid;
    case 'device':
      return parsed.kind === 'up' && isSame(parsed.address, who);
    case 'server':
      return parsed.kind === 'down' || parsed.kind === 'enrolAnswer';
  }
}

const SERVER_FILTERS: ReadonlySet<string> = new Set(['fl/1/prov/+/req', 'fl/1/+/+/up/+']);

/** Whether `who` may subscribe to `filter`; of wildcards a device may use only `dn/+` of its own. */
export function maySubscribe(who: Identity, filter: string): boolean {
  const parsed = parseTopic(filter);
  switch (who.kind) {
    case 'enrolling':
      return parsed?.kind === 'enrolAnswer' && parsed.uid === who.uid;
    case 'device':
      return filter === downFilter(who) || (parsed?.kind === 'down' && isSame(parsed.address, who));
    case 'server':
      return SERVER_FILTERS.has(filter) || parsed?.kind === 'up' || parsed?.kind === 'enrol';
  }
}

const isSame = (a: DeviceAddress, b: DeviceAddress): boolean => a.fleet === b.fleet && a.device === b.device;
