import { unwrap } from '#libs/base/result';
import { type Graph, layersOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { importTflite } from '#libs/model/tflite';
import { gradientAgreement } from '#test/support/exact-gradients';
import { kwsDigitsGraph } from '#test/support/kws-digits';
import { mcunetFiles, mcunetGraph } from '#test/support/mcunetv3';
import { describeWithShared, sharedBytes } from '#test/support/shared-files';
import { residualNetwork, shortcutNetwork } from '#test/support/tiny-networks';

const NETWORKS = [1, 2, 3].flatMap((seed) => [
  ['residual', seed, residualNetwork(seed)] as const,
  ['shortcut', seed, shortcutNetwork(seed)] as const,
]);

/**
 * Gradients of every layer in one step, integer against real: direction and length. The length carries the error of e, which has 15
 * bits: up to .6 % where the softmax saturates; and that of mantissas of few bits, whose halves are rounded up at every layer.
 */
function expectGradientsOf(
  inference: Graph,
  seed: number,
  { ratio = 1, layers = layersOf(inference).length - 1 } = {},
): void {
  const found = gradientAgreement(inference, seed, { layers, weights: true, ratio });
  expect(found.layers).toBe(layers);
  expect(found.cosine).toBeGreaterThan(0.999);
  expect(found.lengthError).toBeLessThan(found.mantissaBits > 10 ? 0.01 : 0.03);
}

describe('integer gradients', () => {
  it.each(NETWORKS)('of the %s network %d are those of floating point, to .999', (_, seed, inference) => {
    expectGradientsOf(inference, seed);
  });

  it('of kws-digits are those of floating point', () => expectGradientsOf(kwsDigitsGraph(), 4));

  it.each(NETWORKS)('of the %s network %d, layers trained in part, are those, too', (_, seed, inference) => {
    expectGradientsOf(inference, seed, { ratio: 0.5 });
  });
});

/** Of their 51, 42 and 60 convolutions, as many as the largest published schemes train. */
const PUBLISHED = [
  ['mbv2-w0.35', 34],
  ['mcunet-5fps', 24],
  ['proxyless-w0.3', 45],
] as const;

describe.each(PUBLISHED)('integer gradients of the last layers of %s (%d)', (model, layers) => {
  describeWithShared(mcunetFiles(model), 'as published', () => {
    it.each([1, 0.25])('are those of floating point, with %d of their input channels', (ratio) => {
      const inference = runPasses(mcunetGraph(model), INFERENCE_PASSES);
      expectGradientsOf(inference, 1, { ratio, layers });
    });
  });
});

describe.each(['mlperf_kws', 'person_detect'])('integer gradients of %s', (model) => {
  const file = `models/${model}/model.tflite`;
  describeWithShared([file], 'a network of others', () => {
    it('are those of floating point', () => {
      expectGradientsOf(unwrap(importTflite(sharedBytes(file))), 1);
    });
  });
});
