import type { Graph } from '#libs/model/ir';
import { GraphBuilder } from '#test/support/graph-builder';

const RELU6 = { activation: 'relu6' } as const;

/** Stem, one bottleneck with its residual ADD, head: layers 0 stem, 1 b1.ex, 2 b1.dw, 3 b1.pw, 4 fc. */
export function residualNetwork(seed = 1): Graph {
  const builder = new GraphBuilder('residual', seed);
  const stem = builder.conv('stem', builder.input([1, 8, 6, 2]), {
    channels: 4,
    kernel: 3,
    stride: 2,
    padding: 1,
  });
  const expand = builder.conv('b1.ex', stem, { channels: 8, ...RELU6 });
  const depthwise = builder.depthwise('b1.dw', expand, { padding: 1, ...RELU6 });
  const sum = builder.add('res1', builder.conv('b1.pw', depthwise, { channels: 4 }), stem);
  const features = builder.reshape('features', builder.averagePool('pool', sum), [1, 4]);
  return builder.build(builder.softmax('softmax', builder.fullyConnected('fc', features, { channels: 3 })));
}

/** An ADD of two convolutions, the second a 3x3 one, both reading one tensor, and a convolution as classifier. */
export function shortcutNetwork(seed = 1): Graph {
  const builder = new GraphBuilder('shortcut', seed);
  const stem = builder.conv('stem', builder.input([1, 7, 5, 3]), {
    channels: 4,
    kernel: 3,
    padding: 1,
    ...RELU6,
  });
  const shortcut = builder.conv('short', stem, { channels: 6, stride: 2 });
  const inner = builder.conv('main.a', stem, { channels: 5, kernel: 3, stride: 2, padding: 1, ...RELU6 });
  const main = builder.conv('main.b', inner, { channels: 6, kernel: 3, padding: 1 });
  const pooled = builder.averagePool('pool', builder.add('sum', main, shortcut));
  return builder.build(builder.conv('classifier', pooled, { channels: 4 }));
}
