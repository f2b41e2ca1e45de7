import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import {
  MCUNETV3,
  mcunetFiles,
  mcunetGraph,
  PUBLISHED_SCHEMES,
  type PublishedScheme,
} from '#test/support/mcunetv3';
import { describeWithShared } from '#test/support/shared-files';
import { elementCount, layersOf, tensorOf } from '#libs/model/ir';
import { shortcutNetwork } from '#test/support/tiny-networks';
import { schemeAccounting, trainedParameters } from './accounting';

describe('the accounting of kws-digits', () => {
  it('counts the trained numbers of the published sparse scheme', () => {
    const graph = kwsDigitsGraph();
    expect(trainedParameters(graph, KWS_SCHEMES.sparse)).toEqual({ weights: 11_968, biases: 778 });
    expect(trainedParameters(graph, KWS_SCHEMES.full)).toEqual({ weights: 37_136, biases: 1_114 });
    expect(trainedParameters(graph, KWS_SCHEMES.fc)).toEqual({ weights: 640, biases: 10 });
  });
});

describe('the accounting of any reach', () => {
  it('is in whole bytes: of the masks the last one counts in full', () => {
    const graph = shortcutNetwork();
    const before = layersOf(graph).length - 1;
    const bits = Array.from({ length: before + 1 }, (_, biasLayers) => {
      const scheme = { name: 'biases', biasLayers, weightLayers: [] };
      expect(Number.isInteger(schemeAccounting(graph, scheme).totalBytes)).toBe(true);
      const masked = layersOf(graph).slice(before - biasLayers, before);
      return masked.reduce((sum, { output }) => sum + elementCount(tensorOf(graph, output).shape), 0);
    });
    // Else nothing was rounded.
    expect(bits.some((each) => each % 8 > 0)).toBe(true);
  });
});

/** With one decimal, as the table has it: exact halves (138.25, 120.25) to the even digit. */
function kilobytes(bytes: number): number {
  const tenths = (bytes / 1024) * 10;
  const low = Math.floor(tenths);
  const isUp = tenths - low > 0.5 || (tenths - low === 0.5 && low % 2 === 1);
  return (low + (isUp ? 1 : 0)) / 10;
}

describe.each(MCUNETV3)('the accounting of the published schemes of %s (MCUNetV3)', (model) => {
  describeWithShared(mcunetFiles(model), 'by its shapes', () => {
    const schemes = PUBLISHED_SCHEMES.filter((scheme) => scheme.model === model);

    test.each(schemes.map((scheme): readonly [string, PublishedScheme] => [scheme.name, scheme]))(
      '%s is what its authors count, in KB',
      (_, scheme) => {
        const graph = runPasses(mcunetGraph(model), INFERENCE_PASSES);
        const { activationBytes, weightBytes, totalBytes } = schemeAccounting(graph, scheme);
        const { activations, weights, total } = scheme.kilobytes;
        expect([activationBytes, weightBytes, totalBytes].map(kilobytes)).toEqual([
          activations,
          weights,
          total,
        ]);
      },
    );
  });
});
