import { at } from '#libs/base/result';
import { shufflePass } from '#libs/base/rng';
import { type Dataset, item } from '#libs/model/dataset';
import type { Rates } from '#libs/model/quant';

/** Accuracy on the speaker's test recordings. */
export interface RunOutcome {
  readonly before: number;
  readonly after: number;
}

/** How it learns: NUMERICS N7 to N9, at one rate throughout. */
export interface PlainSettings {
  readonly seed: number;
  readonly passes: number;
  readonly rates: Rates;
}

/** A model that learns, on its start values, and can't begin again. */
export interface PlainLearner {
  forward(input: Int8Array): void;
  predict(): number;
  loss(label: number): number;
  backward(step: { readonly seed: number; readonly index: number; readonly rates: Rates }): void;
}

/**
 * Tests, makes the passes over the recordings to learn from in the order of N9, and tests again: no guard, because two ways of keeping
 * weights are compared step by step.
 */
export function personalisePlainly(
  learner: PlainLearner,
  dataset: Dataset,
  settings: PlainSettings,
): RunOutcome {
  const before = testAccuracy(learner, dataset);
  const { seed, passes, rates } = settings;
  const order = Array.from({ length: dataset.adaptCount }, (_, index) => index);
  let step = 0;
  for (let pass = 0; pass < passes; pass++) {
    shufflePass(order, seed, pass);
    for (const index of order) {
      learner.forward(item(dataset, index));
      learner.loss(at(dataset.labels, index));
      learner.backward({ seed, index: step, rates });
      step += 1;
    }
  }
  return { before, after: testAccuracy(learner, dataset) };
}

function testAccuracy(learner: PlainLearner, dataset: Dataset): number {
  let right = 0;
  for (let index = dataset.adaptCount; index < dataset.labels.length; index++) {
    learner.forward(item(dataset, index));
    if (learner.predict() === at(dataset.labels, index)) right += 1;
  }
  return right / (dataset.labels.length - dataset.adaptCount);
}
