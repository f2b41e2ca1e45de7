import fc from 'fast-check';
import { unwrap } from '#libs/base/result';
import {
  canTakePart,
  type DeviceEvent,
  type DeviceState,
  enrolledDevice,
  LIFECYCLE_TABLE,
  READINESS_TABLE,
  stepDevice,
} from '.';

const EVENTS: { readonly [K in DeviceEvent['kind']]: Extract<DeviceEvent, { kind: K }> } = {
  connected: { kind: 'connected' },
  modelAssigned: { kind: 'modelAssigned' },
  modelRemoved: { kind: 'modelRemoved' },
  programBuilt: { kind: 'programBuilt' },
  doesNotFit: { kind: 'doesNotFit', reason: 'needs 196 KB, has 128 KB' },
  buildFailed: { kind: 'buildFailed', reason: 'gcc ended with 1' },
  retired: { kind: 'retired' },
};
const play = (...kinds: (keyof typeof EVENTS)[]): DeviceState =>
  kinds.reduce((state, kind) => unwrap(stepDevice(state, EVENTS[kind])), enrolledDevice);

describe('a device', () => {
  it('takes part once it has connected and has a program that fits', () => {
    expect(canTakePart(play('connected', 'modelAssigned'))).toBe(false);
    expect(canTakePart(play('modelAssigned', 'programBuilt'))).toBe(false);
    expect(canTakePart(play('connected', 'modelAssigned', 'programBuilt'))).toBe(true);
    expect(canTakePart(play('connected', 'modelAssigned', 'programBuilt', 'retired'))).toBe(false);
  });

  it('says why it can take no part, until another model is assigned', () => {
    const refused = play('connected', 'modelAssigned', 'doesNotFit');
    expect(refused).toEqual({
      lifecycle: 'active',
      readiness: 'refused',
      reason: 'needs 196 KB, has 128 KB',
    });
    expect(unwrap(stepDevice(refused, EVENTS.modelAssigned))).toEqual({
      lifecycle: 'active',
      readiness: 'preparing',
    });
  });

  it('takes the outcome of a build only while one is prepared', () => {
    const late = { ok: false, error: { code: 'device.not-preparing' } };
    expect(stepDevice(play('connected'), EVENTS.programBuilt)).toMatchObject(late);
    expect(stepDevice(play('modelAssigned', 'modelRemoved'), EVENTS.buildFailed)).toMatchObject(late);
    expect(stepDevice(play('modelAssigned', 'doesNotFit'), EVENTS.programBuilt)).toMatchObject(late);
  });

  it('moves as its tables allow, repeats change nothing, retired stays retired', () => {
    const events = fc.array(fc.constantFrom(...Object.values(EVENTS)), { maxLength: 30 });
    fc.assert(
      fc.property(events, (string) => {
        let state = enrolledDevice;
        for (const event of string) {
          const next = stepDevice(state, event);
          expect(next.ok || next.error.code === 'device.not-preparing' || state.lifecycle === 'retired').toBe(
            true,
          );
          if (!next.ok) continue;
          const { lifecycle, readiness } = next.value;
          expect(lifecycle === state.lifecycle || LIFECYCLE_TABLE[state.lifecycle].includes(lifecycle)).toBe(
            true,
          );
          expect(readiness === state.readiness || READINESS_TABLE[state.readiness].includes(readiness)).toBe(
            true,
          );
          expect(unwrap(stepDevice(next.value, event))).toEqual(next.value);
          state = next.value;
        }
      }),
    );
  });

  it('can reach every status', () => {
    const seen = new Set<string>();
    const walk = (state: DeviceState): void => {
      const key = `${state.lifecycle} ${state.readiness}`;
      if (seen.has(key)) return;
      seen.add(key);
      for (const event of Object.values(EVENTS)) {
        const next = stepDevice(state, event);
        if (next.ok) walk(next.value);
      }
    };
    walk(enrolledDevice);
    expect(seen.size).toBe(Object.keys(LIFECYCLE_TABLE).length * Object.keys(READINESS_TABLE).length);
  });
});
