import { sha256 } from '#libs/base/bytes';
import { unwrap } from '#libs/base/result';
import { type DeltaLayout, encodeDelta, rawDeltaBytes } from '#libs/fleet/delta';
import type { EvaluatedResult, TrainedResult, TrainJob, EvaluateJob } from '#libs/fleet/protocol';

/** What a device that was told `job` would send after a session, without one having been. */
export interface Session {
  readonly result: TrainedResult;
  /** The delta as it travels. */
  readonly encoded: Uint8Array;
}

/**
 * A session whose delta moves every value by `step` (at most, where the format allows less).
 * @param layout what the device's program trains
 */
export function aSession(job: TrainJob, layout: DeltaLayout, step = 1): Session {
  const raw = new Uint8Array(rawDeltaBytes(layout));
  const view = new DataView(raw.buffer);
  let at = 0;
  for (const { kind, count } of layout.variables) {
    for (let i = 0; i < count; i++) {
      if (kind === 'bias') view.setInt32(at, step, true);
      else view.setInt16(at, step, true);
      at += kind === 'bias' ? 4 : 2;
    }
  }
  const encoded = unwrap(encodeDelta(layout, raw));
  const result: TrainedResult = {
    kind: 'trained',
    execution: job.execution,
    attempt: job.attempt,
    testItems: 20,
    rightBefore: 5,
    rightAfter: 15,
    lossBefore: 90_000,
    lossAfter: 30_000,
    learnedItems: 10,
    steps: 10 * job.passes,
    passLosses: Array.from({ length: job.passes }, (_, pass) => 80_000 - pass * 1_000),
    guardRestarts: 0,
    peakSramBytes: 12_000,
    peakStackBytes: 700,
    baseDigest: job.sha256,
    scheme: job.scheme,
    deltaBytes: encoded.length,
    deltaDigest: sha256(raw),
    receivedBytes: 5_000,
    sentBytes: 2_000,
  };
  return { result, encoded };
}

export const anEvaluation = (job: EvaluateJob, right = 12): EvaluatedResult => ({
  kind: 'evaluated',
  execution: job.execution,
  attempt: job.attempt,
  testItems: 20,
  right,
  loss: 40_000,
  peakSramBytes: 11_000,
  peakStackBytes: 600,
  baseDigest: job.sha256,
  scheme: job.scheme,
  receivedBytes: 3_000,
  sentBytes: 300,
});
