import { unwrap } from '#libs/base/result';
import { type Graph, layersOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { gradientAgreement } from '#test/support/exact-gradients';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import {
  autoencoder,
  between,
  endingIn,
  ENDINGS,
  OPERATORS,
  regressor,
} from '#test/support/trained-operators';

const SEEDS = [1, 2, 3];

/** Gradients of the accumulators of every layer, integer against real: cosine over .999, lengths within 1 %. */
function expectGradientsOf(inference: Graph, seed: number): void {
  const found = gradientAgreement(inference, seed, { weights: false });
  expect(found.layers).toBeGreaterThanOrEqual(layersOf(inference).length - 1);
  expect(found.cosine).toBeGreaterThan(0.999);
  expect(found.lengthError).toBeLessThan(0.01);
}

describe('the gradient through', () => {
  it.each(Object.entries(OPERATORS))('%s is that of floating point, to .999', (_, draw) => {
    for (const seed of SEEDS) expectGradientsOf(between(draw, seed), seed);
  });
});

describe('the gradient of a classifier behind', () => {
  it.each(Object.entries(ENDINGS))('%s is that of floating point', (_, ending) => {
    for (const seed of SEEDS) expectGradientsOf(endingIn(ending, seed), seed);
  });
});

describe('the gradient of a squared error', () => {
  it.each(SEEDS)('of a network that gives its input again is that of floating point: seed %i', (seed) =>
    expectGradientsOf(autoencoder(seed), seed),
  );

  it.each(SEEDS)('of a network that gives one number is that of floating point: seed %i', (seed) =>
    expectGradientsOf(regressor(seed), seed),
  );
});

const VWW = 'models/mcunet_vww/model.tflite';

describeWithShared([VWW], 'mcunet_vww, behind two MEANs and a TRANSPOSE', () => {
  it('has the gradients of floating point in all its layers', () => {
    const inference = runPasses(unwrap(importTflite(sharedBytes(VWW))), INFERENCE_PASSES);
    expectGradientsOf(inference, 1);
  }, 120_000);
});

it('kws-digits has the gradients of floating point in all its layers', () => {
  expectGradientsOf(kwsDigitsGraph(), 4);
});
