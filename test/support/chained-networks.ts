import { at } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import type { TrainingScheme } from '#libs/model/passes';
import { GraphBuilder } from '#test/support/graph-builder';

const RELU6 = { activation: 'relu6' } as const;

type Map = ReturnType<GraphBuilder['input']>;

/** A small network, of which blocks can be trained a few channels at a time, and what is trained. */
export interface ChainedNetwork {
  readonly name: string;
  readonly inference: Graph;
  readonly scheme: TrainingScheme;
}

function endingIn(builder: GraphBuilder, x: Map): Graph {
  const channels = at(builder.shapeOf(x), 3);
  const features = builder.reshape('features', builder.averagePool('pool', x), [1, channels]);
  return builder.build(builder.fullyConnected('fc', features, { channels: 3 }));
}

/** Expands to 4n + 1 channels, depthwise 5x5 by stride 2; a residual block whose last four channels are two. */
export function invertedResiduals(): Graph {
  const b = new GraphBuilder('inverted');
  const stem = b.conv('stem', b.input([1, 9, 11, 3]), { channels: 5, ...RELU6 });
  const wide = b.conv('a.ex', stem, { channels: 13, ...RELU6 });
  const inner = b.depthwise('a.dw', wide, { kernel: 5, stride: 2, padding: 2, ...RELU6 });
  const narrow = b.conv('a.pw', inner, { channels: 6 });
  const expanded = b.conv('b.ex', narrow, { channels: 10, ...RELU6 });
  const depthwise = b.depthwise('b.dw', expanded, { kernel: 3, padding: 1, ...RELU6 });
  const sum = b.add('b.res', b.conv('b.pw', depthwise, { channels: 6 }), narrow);
  return endingIn(b, b.conv('last', sum, { channels: 7 }));
}

/** Depthwise and pointwise layers in turn, as in MobileNet version 1. */
export function separableBlocks(): Graph {
  const b = new GraphBuilder('separable');
  let x = b.conv('stem', b.input([1, 10, 8, 1]), { channels: 6, kernel: 3, padding: 1, ...RELU6 });
  for (const [block, channels] of [9, 11, 8].entries()) {
    x = b.depthwise(`${block}.dw`, x, { kernel: 3, stride: 1 + (block % 2), padding: 1, ...RELU6 });
    x = b.conv(`${block}.pw`, x, { channels, ...RELU6 });
  }
  return endingIn(b, x);
}

/** Everything is trained; or weights of expanding layers in part, and all biases. */
function schemesOf(name: string, inference: Graph): readonly ChainedNetwork[] {
  const layers = inference.ops.filter((op) => 'weights' in op).length - 1;
  const numbers = Array.from({ length: layers }, (_, layer) => layer);
  const scheme = (label: string, ratios: readonly number[]): TrainingScheme => ({
    name: label,
    biasLayers: layers,
    weightLayers: numbers.flatMap((layer) => {
      const ratio = at(ratios, layer % ratios.length);
      return ratio > 0 ? [{ layer, ratio }] : [];
    }),
  });
  return [
    { name: `${name}, all trained`, inference, scheme: scheme('all', [1]) },
    { name: `${name}, biases`, inference, scheme: scheme('biases', [0]) },
    { name: `${name}, weights in part`, inference, scheme: scheme('part', [0, 0.5, 0, 1]) },
  ];
}

export const chainedNetworks = (): readonly ChainedNetwork[] => [
  ...schemesOf('inverted residual blocks', invertedResiduals()),
  ...schemesOf('depthwise separable blocks', separableBlocks()),
];
