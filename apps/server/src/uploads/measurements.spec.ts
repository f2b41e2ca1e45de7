import { executionId, schemeId, type EvaluatedResult } from '#libs/fleet/protocol';
import { measureOf } from '#libs/model/session';

import { scoreAfterFetch, scoresOf } from '../campaigns/execution-scores';
import type { Execution } from '../campaigns/executions.repository';
import { measurementsOf } from './measurements';

const ACCURACY = measureOf('classify', 1);
const ERROR = measureOf('reconstruct', 0.5);

const evaluated: EvaluatedResult = {
  kind: 'evaluated',
  execution: executionId(1),
  attempt: 1,
  testItems: 20,
  right: 15,
  loss: 64,
  peakSramBytes: 1,
  peakStackBytes: 1,
  baseDigest: new Uint8Array(32),
  scheme: schemeId(1),
  receivedBytes: 1,
  sentBytes: 1,
};

describe('what a result says', () => {
  it('has counts of what is right only where classes are told apart', () => {
    expect(measurementsOf(evaluated, ACCURACY)).toMatchObject({
      testItems: 20,
      rightBefore: 15,
      lossBefore: 64,
    });
    const measured = measurementsOf({ ...evaluated, right: 0 }, ERROR);
    expect(measured).toMatchObject({ testItems: 20, lossBefore: 64 });
    expect(measured).not.toHaveProperty('rightBefore');
  });

  it('is a value of the measure, or none', () => {
    expect(scoresOf(measurementsOf(evaluated, ACCURACY), ACCURACY)).toEqual({ before: 0.75, after: null });
    expect(scoresOf(measurementsOf(evaluated, ERROR), ERROR)).toEqual({ before: 1, after: null });
    expect(scoresOf({ testItems: 0, lossBefore: 0 }, ERROR)).toEqual({ before: null, after: null });
  });

  it('is taken for a version of a device that did its part alone', () => {
    const told = { deviceId: 'd-1', testItems: 20, lossBefore: 64 };
    const of = (state: Execution['state']) => scoreAfterFetch({ ...told, state } as Execution, ERROR);
    expect([of('stored'), of('evaluated')]).toEqual(
      Array.from({ length: 2 }, () => ({ device: 'd-1', items: 20, score: 1 })),
    );
    expect([of('refused'), of('closed'), of('failed'), of('uploading')]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });
});
