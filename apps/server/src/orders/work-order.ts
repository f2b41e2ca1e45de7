import { fromHex } from '#libs/base/bytes';
import { invariant } from '#libs/base/result';
import { hash32 } from '#libs/base/rng';
import {
  artifactId,
  CHUNK_BYTES,
  type EvaluateJob,
  executionId,
  type LearningRateSegment,
  layoutId,
  schemeId,
  type TrainJob,
} from '#libs/fleet/protocol';
import { SCHEDULES } from '#libs/model/quant';

import type { OrderedExecution } from '../campaigns/executions.repository';

/** Of a device that has not told yet how many items it has; the schedule (NUMERICS N10) is made for so many. */
const ASSUMED_ITEMS = 100;

/**
 * What a device is told of its part in a round. The same execution always gives the same bytes.
 * @param items that the device learned from when it last told
 */
export function workOrder(
  execution: OrderedExecution,
  program: { readonly layout: number; readonly scheme: number },
  items = ASSUMED_ITEMS,
): TrainJob | EvaluateJob {
  const { artifact, campaign, round } = execution;
  const sha256 = fromHex(artifact.digest);
  invariant(sha256, `artifact ${artifact.id} has a digest`);
  const order = {
    execution: executionId(execution.id),
    attempt: execution.attempt,
    artifact: artifactId(artifact.id),
    sizeBytes: artifact.sizeBytes,
    sha256,
    chunkBytes: CHUNK_BYTES,
    layout: layoutId(program.layout),
    scheme: schemeId(program.scheme),
  };
  if (round.kind === 'evaluate') return { kind: 'evaluate', ...order };
  const { passes, itemOrder, stopBelowLoss, stopPatience, stopLeastFall } = campaign;
  const stops = stopBelowLoss > 0 || stopPatience > 0;
  return {
    kind: 'train',
    ...order,
    seed: seedOf(execution),
    passes,
    learningRates: segments(campaign, items),
    ...(itemOrder !== 'shuffled' && { order: itemOrder }),
    ...(stops && { stop: { belowLoss: stopBelowLoss, patience: stopPatience, leastFall: stopLeastFall } }),
  };
}

/** From the campaign, the round and the board: a campaign run again with the same seed gives its devices the same ones. */
const seedOf = ({ campaign, round, device }: OrderedExecution): number =>
  hash32(hash32((campaign.seed + round.number) >>> 0) ^ parseInt(device.uid.slice(-8), 16));

const segments = (
  { schedule, learningRate, passes }: OrderedExecution['campaign'],
  items: number,
): LearningRateSegment[] =>
  SCHEDULES[schedule](learningRate, passes * items).map(({ firstStep, rate }) => ({
    firstStep,
    weights: rate,
    bias: rate,
    head: rate,
  }));
