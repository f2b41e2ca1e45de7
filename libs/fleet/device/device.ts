import { err, ok, type Result } from '#libs/base/result';

/**
 * - pending: credentials were issued and not used yet
 * - active: has connected with them
 * - retired: its credentials are refused; what it contributed stays
 */
export type DeviceLifecycle = 'pending' | 'active' | 'retired';

/**
 * Whether the device has a program for its fleet's model.
 * - unassigned: the fleet has no model
 * - preparing: a scheme is searched and a program built
 * - ready: a program exists that fits
 * - refused: no way to run the model in the device's memory; so it stays for this model
 * - failed: the build broke; assigning the model again tries again
 */
export type DeviceReadiness = 'unassigned' | 'preparing' | 'ready' | 'refused' | 'failed';

/** From each status, the statuses that may follow. */
export const LIFECYCLE_TABLE: { readonly [S in DeviceLifecycle]: readonly DeviceLifecycle[] } = {
  pending: ['active', 'retired'],
  active: ['retired'],
  retired: [],
};

export const READINESS_TABLE: { readonly [S in DeviceReadiness]: readonly DeviceReadiness[] } = {
  unassigned: ['preparing'],
  preparing: ['preparing', 'ready', 'refused', 'failed', 'unassigned'],
  ready: ['preparing', 'unassigned'],
  refused: ['preparing', 'unassigned'],
  failed: ['preparing', 'unassigned'],
};

export interface DeviceState {
  readonly lifecycle: DeviceLifecycle;
  readonly readiness: DeviceReadiness;
  /** Of refused and failed: why, for people. */
  readonly reason?: string;
}

export type DeviceEvent =
  | { readonly kind: 'connected' }
  | { readonly kind: 'modelAssigned' }
  | { readonly kind: 'modelRemoved' }
  | { readonly kind: 'programBuilt' }
  | { readonly kind: 'doesNotFit'; readonly reason: string }
  | { readonly kind: 'buildFailed'; readonly reason: string }
  | { readonly kind: 'retired' };

/** An event that does not belong to this state. Nothing has changed. */
export interface DeviceRefusal {
  readonly code: 'device.retired' | 'device.not-preparing';
  readonly message: string;
}

export const enrolledDevice: DeviceState = { lifecycle: 'pending', readiness: 'unassigned' };

/** Whether a campaign that starts now may count on the device. */
export const canTakePart = ({ lifecycle, readiness }: DeviceState): boolean =>
  lifecycle === 'active' && readiness === 'ready';

/** Applies one event; a repetition of one that was applied changes nothing. */
export function stepDevice(state: DeviceState, event: DeviceEvent): Result<DeviceState, DeviceRefusal> {
  if (event.kind === 'retired') return ok({ ...state, lifecycle: 'retired' });
  if (state.lifecycle === 'retired') return err({ code: 'device.retired', message: 'the device is retired' });
  const { lifecycle } = state;
  switch (event.kind) {
    case 'connected':
      return ok({ ...state, lifecycle: 'active' });
    case 'modelAssigned':
      return ok({ lifecycle, readiness: 'preparing' });
    case 'modelRemoved':
      return ok({ lifecycle, readiness: 'unassigned' });
    case 'programBuilt':
      return prepared(state, { lifecycle, readiness: 'ready' });
    case 'doesNotFit':
      return prepared(state, { lifecycle, readiness: 'refused', reason: event.reason });
    case 'buildFailed':
      return prepared(state, { lifecycle, readiness: 'failed', reason: event.reason });
  }
}

/** The outcome of a build, which counts only while one is prepared. */
function prepared(from: DeviceState, to: DeviceState): Result<DeviceState, DeviceRefusal> {
  if (from.readiness === to.readiness) return ok(from);
  if (READINESS_TABLE[from.readiness].includes(to.readiness)) return ok(to);
  return err({
    code: 'device.not-preparing',
    message: `the device is ${from.readiness}, no program was being made`,
  });
}
