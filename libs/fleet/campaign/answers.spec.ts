import { unwrap } from '#libs/base/result';
import {
  type CampaignEvent,
  type CampaignEventKind,
  type CampaignPlan,
  type CampaignState,
  draftCampaign,
  EXECUTION_TABLE,
  type ExecutionStatus,
  isFinalExecution,
  type Refusal,
  step,
} from '.';

/** Every event in every state has an expected answer: a missing cell does not compile, a wrong one fails. */

const PLAN: CampaignPlan = { rounds: 2, quorum: 1, roundDeadlineMs: 1000, aggregationDeadlineMs: 500 };
const NOW = 100;

const play = (events: readonly CampaignEvent[], state: CampaignState = draftCampaign(PLAN)): CampaignState =>
  events.reduce((current, event) => unwrap(step(current, event, NOW)).state, state);

const start: CampaignEvent = { kind: 'started', devices: ['a', 'b'] };
const stored = (device: string, round: number): CampaignEvent => ({ kind: 'stored', device, round });
const both = (round: number): CampaignEvent[] => [stored('a', round), stored('b', round)];
const failed = (device: string, round: number): CampaignEvent => ({
  kind: 'executionFailed',
  device,
  round,
  code: -13,
});
const aggregated = (round: number): CampaignEvent => ({ kind: 'aggregated', round });
const throughTraining = [start, ...both(1), aggregated(1), ...both(2), aggregated(2)];

const STATES = {
  draft: play([]),
  training: play([start]),
  aggregating: play([start, ...both(1)]),
  secondRound: play([start, ...both(1), aggregated(1)]),
  evaluating: play(throughTraining),
  completed: play([...throughTraining, ...both(3)]),
  completedWithFailures: play([...throughTraining, stored('a', 3), failed('b', 3)]),
  failed: play([start, failed('a', 1), failed('b', 1), failed('a', 2), failed('b', 2)]),
  aborted: play([start, { kind: 'aborted', reason: 'by hand' }]),
};
type StateName = keyof typeof STATES;

/** 'applied': the state changes. 'same': accepted, nothing changes. Else the code of the refusal. */
type Answer = 'applied' | 'same' | Refusal['code'];
const NAMES = Object.keys(STATES) as StateName[];

/** Events of device a and of round 1, where they have one. */
const EVENTS: { readonly [K in CampaignEventKind]: Extract<CampaignEvent, { kind: K }> } = {
  started: { kind: 'started', devices: ['a', 'b'] },
  offered: { kind: 'offered', device: 'a', round: 1 },
  progressed: { kind: 'progressed', device: 'a', round: 1, phase: 'training' },
  stored: { kind: 'stored', device: 'a', round: 1 },
  executionFailed: { kind: 'executionFailed', device: 'a', round: 1, code: -13 },
  deviceRetired: { kind: 'deviceRetired', device: 'a' },
  aggregated: { kind: 'aggregated', round: 1 },
  aggregationFailed: { kind: 'aggregationFailed', round: 1, reason: 'the disk is full' },
  aborted: { kind: 'aborted', reason: 'by hand' },
  ticked: { kind: 'ticked' },
};

const early = 'campaign.no-such-round';
const over = 'execution.over';
const late = 'round.not-aggregating';
const again = 'campaign.not-draft';
const ended = 'campaign.over';

const ANSWERS: { readonly [K in CampaignEventKind]: { readonly [S in StateName]: Answer } } = {
  started: answers('applied', again, again, again, again, again, again, again, again),
  offered: answers(early, 'applied', over, over, over, over, over, over, over),
  progressed: answers(early, 'applied', over, over, over, over, over, over, over),
  stored: answers(early, 'applied', 'same', over, over, over, over, over, over),
  executionFailed: answers(early, 'applied', over, over, over, over, over, over, over),
  deviceRetired: answers('same', 'applied', 'applied', 'applied', 'applied', 'same', 'same', 'same', 'same'),
  aggregated: answers(early, late, 'applied', 'same', 'same', 'same', 'same', late, late),
  aggregationFailed: answers(early, late, 'applied', late, late, late, late, 'same', 'same'),
  aborted: answers('applied', 'applied', 'applied', 'applied', 'applied', ended, ended, ended, 'same'),
  ticked: answers('same', 'same', 'same', 'same', 'same', 'same', 'same', 'same', 'same'),
};

function answers(...row: Answer[]): { readonly [S in StateName]: Answer } {
  if (row.length !== NAMES.length) throw new Error(`${row.length} answers for ${NAMES.length} states`);
  return Object.fromEntries(NAMES.map((name, i) => [name, row[i]])) as { readonly [S in StateName]: Answer };
}

function answerOf(state: CampaignState, event: CampaignEvent, now: number): Answer {
  const next = step(state, event, now);
  if (!next.ok) return next.error.code;
  return JSON.stringify(next.value.state) === JSON.stringify(state) ? 'same' : 'applied';
}

describe('every event in every state', () => {
  it.each(Object.keys(EVENTS) as CampaignEventKind[])('%s has the answer of the table', (kind) => {
    const found = Object.fromEntries(NAMES.map((name) => [name, answerOf(STATES[name], EVENTS[kind], NOW)]));
    expect(found).toEqual(ANSWERS[kind]);
  });

  it.each(NAMES)('that %s accepts without a change has no effects', (name) => {
    const same = Object.values(EVENTS).filter((event) => answerOf(STATES[name], event, NOW) === 'same');
    expect(same.flatMap((event) => unwrap(step(STATES[name], event, NOW)).effects)).toEqual([]);
  });

  it('after a deadline moves everything that waits for one', () => {
    const moved = NAMES.filter((name) => answerOf(STATES[name], EVENTS.ticked, NOW + 1000) === 'applied');
    expect(moved).toEqual(['training', 'aggregating', 'secondRound', 'evaluating']);
  });
});

describe('every status of an execution', () => {
  const inStatus = (status: ExecutionStatus): CampaignState => {
    const state = STATES.training;
    const executions = (state.round?.executions ?? []).map((one) =>
      one.device === 'a' ? { ...one, status } : one,
    );
    return { ...state, ...(state.round && { round: { ...state.round, executions } }) };
  };
  const statuses = Object.keys(EXECUTION_TABLE) as ExecutionStatus[];

  it.each(statuses)('%s takes what a device says, or says that it is over', (status) => {
    for (const kind of ['offered', 'progressed', 'stored', 'executionFailed'] as const) {
      const target = {
        offered: 'offered',
        progressed: 'training',
        stored: 'succeeded',
        executionFailed: 'failed',
      }[kind];
      const expected = status === target ? 'same' : isFinalExecution(status) ? over : 'applied';
      expect([kind, answerOf(inStatus(status), EVENTS[kind], NOW)]).toEqual([kind, expected]);
    }
  });
});
