import type { Telemetry } from '../../api/types';
import { ACCURACY, SQUARED_ERROR } from '../../format/testing';
import { accuracyStretches, latestWords, lossStretches } from './telemetry-stretches';

const row = (phase: Telemetry['phase'], facts: Partial<Telemetry> = {}): Telemetry => ({
  deviceId: 'd-1',
  executionId: 1,
  attempt: 1,
  phase,
  pass: 0,
  done: 10,
  total: 20,
  loss: 65_536,
  right: 5,
  peakSramBytes: 0,
  peakStackBytes: 0,
  at: '2026-01-01T00:00:00Z',
  ...facts,
});

const rows = [
  row('fetching'),
  row('evaluatingBefore', { done: 0 }),
  row('evaluatingBefore', { done: 20, right: 15 }),
  row('training', { pass: 0 }),
  row('training', { pass: 1, loss: 32_768 }),
  row('training', { pass: 1, done: 20, loss: 16_384, right: 20 }),
  row('uploading', { done: 3, total: 4 }),
];

it('has a stretch for each test and pass, and none for what measures nothing', () => {
  expect(lossStretches(rows, ACCURACY)).toEqual([
    { key: 'evaluatingBefore 0', name: 'test before', points: [{ progress: 1, value: 1 }] },
    { key: 'training 0', name: 'pass 1', points: [{ progress: 0.5, value: 1 }] },
    {
      key: 'training 1',
      name: 'pass 2',
      points: [
        { progress: 0.5, value: 0.5 },
        { progress: 1, value: 0.25 },
      ],
    },
  ]);
});

it('counts right predictions of what is done', () => {
  expect(accuracyStretches(rows, ACCURACY).map(({ points }) => points.at(-1)?.value)).toEqual([0.75, 0.5, 1]);
});

it('has losses in the unit of the model, and no share of right predictions where nothing is right or wrong', () => {
  expect(lossStretches(rows, SQUARED_ERROR)[0]?.points).toEqual([{ progress: 1, value: 1_024 }]);
  expect(accuracyStretches(rows, SQUARED_ERROR)).toEqual([]);
});

it('tells what the device said last', () => {
  expect([latestWords(rows, (phase) => phase), latestWords([], String)]).toEqual([
    'Last: uploading, 3 of 4.',
    '',
  ]);
});
