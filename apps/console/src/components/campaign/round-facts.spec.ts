import type { CampaignDetails, Execution, Round } from '../../api/types';
import { doneIn, meanScore, plannedWords, quorumWords, roundTitle, segmentsOfRound } from './round-facts';

const execution = (facts: Partial<Execution>): Execution => ({
  id: 1,
  deviceId: 'd-1',
  attempt: 1,
  state: 'open',
  status: null,
  reason: null,
  phase: null,
  scoreBefore: null,
  scoreAfter: null,
  createdAt: '2026-01-01T00:00:00Z',
  endedAt: null,
  ...facts,
});

const round = (executions: readonly Execution[], facts: Partial<Round> = {}): Round => ({
  id: 'r-1',
  number: 1,
  kind: 'train',
  state: 'open',
  reason: null,
  baseVersionId: 'v-1',
  openedAt: '2026-01-01T00:00:00Z',
  deadlineAt: '2026-01-01T00:05:00Z',
  closedAt: null,
  result: null,
  executions,
  ...facts,
});

const stored = execution({ state: 'stored', testItems: 50, scoreBefore: 0.8, scoreAfter: 0.9 });

it('shows an execution under way by its phase', () => {
  const words = segmentsOfRound(round([stored, execution({ phase: 'training' }), execution({})]));
  expect(words.map(({ word, count }) => `${count} ${word}`)).toEqual([
    '1 delta stored',
    '1 training',
    '1 not started',
  ]);
});

it('counts what is done and what the quorum still needs', () => {
  expect(doneIn(round([stored, execution({ state: 'evaluated' }), execution({ state: 'failed' })]))).toBe(2);
  expect(quorumWords(round([stored]), 3)).toBe('quorum of 3: 2 more deltas needed');
  expect(quorumWords(round([stored]), 2)).toBe('quorum of 2: 1 more delta needed');
  expect(quorumWords(round([stored]), 1)).toBe('quorum of 1 reached');
  expect(quorumWords(round([], { kind: 'evaluate' }), 1)).toBeUndefined();
});

it('takes the mean over the devices that told their score', () => {
  const measured = round([stored, execution({ testItems: 10, scoreBefore: 0.6 }), execution({})]);
  expect(meanScore(measured, ({ scoreBefore }) => scoreBefore)).toBeCloseTo(0.7);
});

it.each([
  ['running', 3, 1, 'then 2 more rounds and the final evaluation'],
  ['running', 2, 1, 'then one more round and the final evaluation'],
  ['running', 1, 1, 'then the final evaluation'],
  ['evaluating', 1, 1, undefined],
  ['completed', 3, 3, undefined],
] as const)('a campaign that is %s, %d rounds, %d begun: %s', (state, rounds, begun, words) => {
  const roundDetails = Array.from({ length: begun }, () => round([]));
  expect(plannedWords({ state, rounds, roundDetails } as unknown as CampaignDetails)).toBe(words);
});

it('names the final evaluation', () => {
  expect([
    roundTitle({ number: 2, kind: 'train' }, 3),
    roundTitle({ number: 4, kind: 'evaluate' }, 3),
  ]).toEqual(['Round 2 of 3', 'Final evaluation']);
});
