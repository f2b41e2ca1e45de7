import { shufflePass } from '#libs/base/rng';
import type { EvaluateJob, Job, TrainJob } from '#libs/fleet/protocol';
import { balancedItems } from '#libs/model/session';
import type { Artifact } from '#test/support/scripted-server/index';
import { orderFor } from './order';
import { PERCEPTRON, perceptronDelta, perceptronItems, perceptronParameters } from './perceptron';

export const SEED = 12345;
export const PASSES = 3;
export const ITEMS = perceptronItems(3, 40, 30);
const LEARNING = { mantissa: 0x4000, exponent: 0 };
const STANDING_STILL = { mantissa: 0, exponent: 0 };

export const trainJob = (
  execution: number,
  artifact: Artifact,
  changes: Partial<TrainJob> = {},
): TrainJob => ({
  kind: 'train',
  ...orderFor(execution, artifact, PERCEPTRON),
  seed: SEED,
  passes: PASSES,
  learningRates: [{ firstStep: 0, weights: LEARNING, bias: LEARNING, head: LEARNING }],
  ...changes,
});

/** A job in which nothing can get better: the loss guard has to notice. */
export const hopelessJob = (execution: number, artifact: Artifact): TrainJob =>
  trainJob(execution, artifact, {
    learningRates: [{ firstStep: 0, weights: STANDING_STILL, bias: STANDING_STILL, head: STANDING_STILL }],
  });

export const evaluateJob = (execution: number, artifact: Artifact): EvaluateJob => ({
  kind: 'evaluate',
  ...orderFor(execution, artifact, PERCEPTRON),
});

export const WAIT: Job = { kind: 'wait', waitMs: 3_600_000 };

/** Items in the order in which a session of `trainJob` presents them (NUMERICS N9). */
function presented(passes: number): number[] {
  const list = Array.from({ length: ITEMS.adaptCount }, (_, i) => i);
  return Array.from({ length: passes }, (_, pass) => {
    shufflePass(list, SEED, pass);
    return [...list];
  }).flat();
}

/** The same, every class as often as any other. */
function presentedByClass(passes: number): number[] {
  const labels = [...ITEMS.labels.subarray(0, ITEMS.adaptCount)];
  return Array.from({ length: passes }, (_, pass) => {
    const list = balancedItems(labels, pass);
    shufflePass(list, SEED, pass);
    return list;
  }).flat();
}

/** What a session of `trainJob` on parameters of this version must give. */
export const expectedDelta = (version: number, passes = PASSES): Uint8Array =>
  perceptronDelta({ parameters: perceptronParameters(version), items: ITEMS, order: presented(passes) });

/** And one that balances classes. */
export const expectedBalancedDelta = (version: number, passes = PASSES): Uint8Array =>
  perceptronDelta({
    parameters: perceptronParameters(version),
    items: ITEMS,
    order: presentedByClass(passes),
  });
