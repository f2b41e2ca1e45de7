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
import { warmUpThenConstant } from '#libs/model/quant';

import type { OrderedExecution } from '../campaigns/executions.repository';

/** The server does not know how many items a device has; the warm-up (NUMERICS N10) is sized for this many. */
const ASSUMED_ITEMS = 100;

/** What a device is told of its part in a round. The same execution always gives the same bytes. */
export function workOrder(
  execution: OrderedExecution,
  program: { readonly layout: number; readonly scheme: number },
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
  const { passes, learningRate } = campaign;
  return {
    kind: 'train',
    ...order,
    seed: seedOf(execution),
    passes,
    learningRates: segments(learningRate, passes),
  };
}

/** From the campaign, the round and the board: a campaign run again with the same seed gives its devices the same ones. */
const seedOf = ({ campaign, round, device }: OrderedExecution): number =>
  hash32(hash32((campaign.seed + round.number) >>> 0) ^ parseInt(device.uid.slice(-8), 16));

const segments = (learningRate: number, passes: number): LearningRateSegment[] =>
  warmUpThenConstant(learningRate, passes * ASSUMED_ITEMS).map(({ firstStep, rate }) => ({
    firstStep,
    weights: rate,
    bias: rate,
    head: rate,
  }));
