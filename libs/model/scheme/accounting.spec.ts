import type { Graph } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';
import { KWS_SCHEMES, kwsDigitsGraph } from '#test/support/kws-digits';
import { describeWithShared, sharedJson } from '#test/support/shared-files';
import { schemeAccounting, trainedParameters } from './accounting';

interface Layer {
  readonly name: string;
  readonly kind: 'conv' | 'depthwise';
  readonly inChannels: number;
  readonly outChannels: number;
  readonly inSize: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** The shapes of a published network without its classifier; residual ADDs do not enter the accounting. */
function shapesOf(model: string): Graph {
  const { layers } = sharedJson<{ readonly layers: readonly Layer[] }>(`models/mcunetv3/${model}.json`);
  const builder = new GraphBuilder(model);
  let current = builder.input([
    1,
    layers[0]?.inSize ?? 0,
    layers[0]?.inSize ?? 0,
    layers[0]?.inChannels ?? 0,
  ]);
  for (const { name, kind, outChannels, kernel, stride, padding } of layers.slice(0, -1)) {
    const options = { channels: outChannels, kernel, stride, padding };
    current =
      kind === 'depthwise' ? builder.depthwise(name, current, options) : builder.conv(name, current, options);
  }
  return builder.build(builder.fullyConnected('fc', builder.averagePool('pool', current), { channels: 10 }));
}

const scheme = (biasLayers: number, layers: readonly number[]) => ({
  name: 'published',
  biasLayers,
  weightLayers: layers.map((layer) => ({ layer, ratio: 1 })),
});

describe('the accounting of kws-digits', () => {
  it('counts the trained numbers of the published sparse scheme', () => {
    const graph = kwsDigitsGraph();
    expect(trainedParameters(graph, KWS_SCHEMES.sparse)).toEqual({ weights: 11_968, biases: 778 });
    expect(trainedParameters(graph, KWS_SCHEMES.full)).toEqual({ weights: 37_136, biases: 1_114 });
    expect(trainedParameters(graph, KWS_SCHEMES.fc)).toEqual({ weights: 640, biases: 10 });
  });
});

const PUBLISHED = ['mbv2-w0.35', 'mcunet-5fps'].map((model) => `models/mcunetv3/${model}.json`);

describeWithShared(PUBLISHED, 'the accounting of published schemes (MCUNetV3, in KB)', () => {
  /** The table gives one decimal. */
  const expectKilobytes = (bytes: number, expected: number): void =>
    expect(Math.abs(bytes / 1024 - expected)).toBeLessThan(0.0501);

  it.each([
    ['mbv2-w0.35', 34, [27, 30, 33, 36, 39, 42, 45, 48], [38.8, 99.4, 138.2]],
    ['mcunet-5fps', 12, [30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41], [76.9, 371.2, 448.0]],
  ] as const)('of %s, K = %d', (model, biasLayers, layers, expected) => {
    const accounting = schemeAccounting(shapesOf(model), scheme(biasLayers, layers));
    expectKilobytes(accounting.activationBytes, expected[0]);
    expectKilobytes(accounting.weightBytes, expected[1]);
    expectKilobytes(accounting.totalBytes, expected[2]);
  });
});
