import fc from 'fast-check';
import { unwrap } from '#libs/base/result';
import {
  CAMPAIGN_TABLE,
  type CampaignEffect,
  type CampaignEvent,
  type CampaignEventKind,
  type CampaignPlan,
  type CampaignState,
  deadlineOf,
  draftCampaign,
  EXECUTION_TABLE,
  isFinalCampaign,
  ROUND_TABLE,
  step,
} from '.';

const PLAN: CampaignPlan = { rounds: 2, quorum: 2, roundDeadlineMs: 1000, aggregationDeadlineMs: 500 };
const DEVICES = ['a', 'b', 'c'];

/** Applies events one after another; every one must be accepted. */
function run(
  events: readonly CampaignEvent[],
  now = 0,
  state: CampaignState = draftCampaign(PLAN),
): { state: CampaignState; effects: CampaignEffect[] } {
  const effects: CampaignEffect[] = [];
  let current = state;
  for (const event of events) {
    const next = unwrap(step(current, event, now));
    current = next.state;
    effects.push(...next.effects);
  }
  return { state: current, effects };
}

const started: CampaignEvent = { kind: 'started', devices: ['c', 'a', 'b', 'a'] };
const stored = (device: string, round: number): CampaignEvent => ({ kind: 'stored', device, round });
const everyone = (round: number): CampaignEvent[] => DEVICES.map((device) => stored(device, round));

describe('the tables', () => {
  it.each([
    ['campaign', CAMPAIGN_TABLE, 'draft'],
    ['round', ROUND_TABLE, 'open'],
    ['execution', EXECUTION_TABLE, 'queued'],
  ] as const)(
    '%s: every state is reached, and every state that is not final has a way to a final one',
    (_, table, first) => {
      const next = table as Readonly<Record<string, readonly string[]>>;
      const reach = (from: string, seen = new Set<string>()): Set<string> => {
        if (seen.has(from)) return seen;
        seen.add(from);
        for (const to of next[from] ?? []) reach(to, seen);
        return seen;
      };
      expect([...reach(first)].sort()).toEqual(Object.keys(next).sort());
      for (const state of Object.keys(next))
        expect([...reach(state)].some((end) => next[end]?.length === 0)).toBe(true);
    },
  );
});

describe('a campaign', () => {
  it('runs its rounds, then evaluates, then is complete', () => {
    const { state, effects } = run([
      started,
      ...everyone(1),
      { kind: 'aggregated', round: 1 },
      ...everyone(2),
      { kind: 'aggregated', round: 2 },
      ...everyone(3),
    ]);
    expect(state).toMatchObject({
      status: 'completed',
      committedRounds: 2,
      failures: 0,
      round: { number: 3, purpose: 'evaluate' },
    });
    expect(effects.map((effect) => effect.kind)).toEqual([
      'openRound',
      'aggregate',
      'openRound',
      'aggregate',
      'openRound',
      'finished',
    ]);
    expect(effects[0]).toMatchObject({ devices: DEVICES, purpose: 'train' });
  });

  it('is not started without a quorum of devices, nor twice', () => {
    expect(step(draftCampaign(PLAN), { kind: 'started', devices: ['a'] }, 0)).toMatchObject({
      ok: false,
      error: { code: 'campaign.no-devices' },
    });
    expect(step(run([started]).state, started, 0)).toMatchObject({
      ok: false,
      error: { code: 'campaign.not-draft' },
    });
  });

  it('does not wait for a silent device beyond the deadline', () => {
    const before = run([started, stored('a', 1), stored('b', 1)]).state;
    expect(run([{ kind: 'ticked' }], 999, before).state).toEqual(before);
    const { state, effects } = run([{ kind: 'ticked' }], 1000, before);
    expect(state.round).toMatchObject({ status: 'aggregating', deadlineAt: 1500 });
    expect(effects).toEqual([
      { kind: 'withdraw', round: 1, devices: ['c'] },
      { kind: 'aggregate', round: 1, devices: ['a', 'b'] },
    ]);
  });

  it('abandons a round below its quorum and goes on; the model stays as it was', () => {
    const { state } = run([{ kind: 'ticked' }], 1000, run([started, stored('a', 1)]).state);
    expect(state).toMatchObject({
      status: 'running',
      committedRounds: 0,
      round: { number: 2, status: 'open' },
    });
  });

  it('fails when no round made a version', () => {
    const first = run([{ kind: 'ticked' }], 1000, run([started]).state).state;
    expect(run([{ kind: 'ticked' }], 2000, first).state).toMatchObject({
      status: 'failed',
      reason: 'no round made a new model version',
    });
  });

  it('gives up an average that the server does not finish in time', () => {
    const aggregating = run([started, ...everyone(1)]).state;
    expect(run([{ kind: 'ticked' }], 500, aggregating).state).toMatchObject({
      round: { number: 2, status: 'open' },
      failures: 1,
    });
  });

  it('counts a repeated message once and refuses a late one', () => {
    const state = run([started, stored('a', 1)]).state;
    expect(run([stored('a', 1)], 0, state).state).toEqual(state);
    const later = run([stored('b', 1), stored('c', 1), { kind: 'aggregated', round: 1 }], 0, state).state;
    expect(step(later, stored('a', 1), 0)).toMatchObject({ ok: false, error: { code: 'execution.over' } });
    expect(step(later, { kind: 'progressed', device: 'a', round: 1, phase: 'training' }, 0).ok).toBe(false);
    expect(step(later, stored('z', 2), 0)).toMatchObject({
      ok: false,
      error: { code: 'campaign.no-such-device' },
    });
    expect(step(later, stored('a', 7), 0)).toMatchObject({
      ok: false,
      error: { code: 'campaign.no-such-round' },
    });
  });

  it('lets a device that lost power begin its work again', () => {
    const { state } = run([
      started,
      { kind: 'progressed', device: 'a', round: 1, phase: 'uploading' },
      { kind: 'progressed', device: 'a', round: 1, phase: 'fetching' },
      stored('a', 1),
    ]);
    expect(state.round?.executions[0]).toEqual({ device: 'a', status: 'succeeded' });
  });

  it('goes on without a device that is retired', () => {
    const { state } = run([
      started,
      stored('a', 1),
      stored('b', 1),
      { kind: 'deviceRetired', device: 'c' },
      { kind: 'aggregated', round: 1 },
    ]);
    expect(state).toMatchObject({ participants: ['a', 'b'], round: { number: 2 } });
  });

  it('that is aborted withdraws what is under way', () => {
    const { state, effects } = run([started, stored('a', 1), { kind: 'aborted', reason: 'by hand' }]);
    expect(state).toMatchObject({ status: 'aborted', reason: 'by hand', round: { status: 'abandoned' } });
    expect(effects.slice(-2)).toEqual([
      { kind: 'withdraw', round: 1, devices: ['b', 'c'] },
      { kind: 'finished' },
    ]);
  });
});

const anyDevice = fc.constantFrom(...DEVICES, 'stranger');
const anyRound = fc.integer({ min: 0, max: 4 });
const arbitraryEvents = {
  started: fc.record({ kind: fc.constant('started' as const), devices: fc.subarray(DEVICES) }),
  offered: fc.record({ kind: fc.constant('offered' as const), device: anyDevice, round: anyRound }),
  progressed: fc.record({
    kind: fc.constant('progressed' as const),
    device: anyDevice,
    round: anyRound,
    phase: fc.constantFrom('fetching' as const, 'training' as const, 'uploading' as const),
  }),
  stored: fc.record({ kind: fc.constant('stored' as const), device: anyDevice, round: anyRound }),
  executionFailed: fc.record({
    kind: fc.constant('executionFailed' as const),
    device: anyDevice,
    round: anyRound,
    code: fc.constant(-13),
  }),
  deviceRetired: fc.record({ kind: fc.constant('deviceRetired' as const), device: anyDevice }),
  aggregated: fc.record({ kind: fc.constant('aggregated' as const), round: anyRound }),
  aggregationFailed: fc.record({
    kind: fc.constant('aggregationFailed' as const),
    round: anyRound,
    reason: fc.constant('full disk'),
  }),
  aborted: fc.record({ kind: fc.constant('aborted' as const), reason: fc.constant('by hand') }),
  ticked: fc.record({ kind: fc.constant('ticked' as const) }),
} satisfies { readonly [K in CampaignEventKind]: fc.Arbitrary<Extract<CampaignEvent, { kind: K }>> };
const weighted = [
  ...Object.values(arbitraryEvents),
  arbitraryEvents.stored,
  arbitraryEvents.stored,
  arbitraryEvents.aggregated,
] as fc.Arbitrary<CampaignEvent>[];

describe('any string of events, with losses, repetitions and reorderings', () => {
  const strings = fc.array(fc.record({ event: fc.oneof(...weighted), wait: fc.nat(700) }), { maxLength: 60 });

  it('keeps every promise: final stays final, a deadline wherever something waits, one delta a device and round', () => {
    fc.assert(
      fc.property(strings, (string) => {
        let state = unwrap(step(draftCampaign(PLAN), started, 0)).state;
        let now = 0;
        for (const { event, wait } of string) {
          now += wait;
          const next = step(state, event, now);
          if (!next.ok) continue;
          if (isFinalCampaign(state.status)) expect(next.value.state.status).toBe(state.status);
          state = next.value.state;
          const again = step(state, event, now);
          if (again.ok && event.kind !== 'ticked') expect(again.value.state).toEqual(state);
          if (!isFinalCampaign(state.status)) expect(deadlineOf(state)).toBeDefined();
          expect(new Set(state.round?.executions.map((execution) => execution.device)).size).toBe(
            state.round?.executions.length,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('ends by its timers alone', () => {
    fc.assert(
      fc.property(strings, (string) => {
        let state = unwrap(step(draftCampaign(PLAN), started, 0)).state;
        let now = 0;
        for (const { event, wait } of string) {
          now += wait;
          const next = step(state, event, now);
          if (next.ok) state = next.value.state;
        }
        for (let turns = 0; turns < 10 && !isFinalCampaign(state.status); turns++) {
          now = Math.max(now, deadlineOf(state) ?? now);
          state = unwrap(step(state, { kind: 'ticked' }, now)).state;
        }
        return isFinalCampaign(state.status);
      }),
      { numRuns: 500 },
    );
  });
});
