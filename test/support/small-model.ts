import { unwrap } from '#libs/base/result';
import { encodeDataset } from '#libs/model/dataset';
import { type Graph, perTensor, tensorOf } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { importTflite, writeTflite } from '#libs/model/tflite';
import { GraphBuilder } from '#test/support/graph-builder';

const ITEM_BYTES = 8 * 6 * 2;
const CLASSES = 3;

/** A network that can be trained and is compiled in a second: 8x6x2 in, one bottleneck, 3 classes out. */
function smallNetwork(): Graph {
  const relu6 = { activation: 'relu6' } as const;
  const builder = new GraphBuilder('small');
  const stem = builder.conv('stem', builder.input([1, 8, 6, 2]), { channels: 4, kernel: 3, padding: 1 });
  const expand = builder.conv('b1.ex', stem, { channels: 8, ...relu6 });
  const depthwise = builder.depthwise('b1.dw', expand, { kernel: 3, padding: 1, ...relu6 });
  const sum = builder.add('res1', builder.conv('b1.pw', depthwise, { channels: 4 }), stem);
  const features = builder.reshape('features', builder.averagePool('pool', sum), [1, 4]);
  return builder.build(
    builder.softmax('softmax', builder.fullyConnected('fc', features, { channels: CLASSES })),
  );
}

export const smallModelFile = (): Uint8Array => unwrap(writeTflite(smallNetwork()));

/** The network in its normal form. */
export const smallInference = (): Graph =>
  runPasses(unwrap(importTflite(smallModelFile(), { name: 'small' })), INFERENCE_PASSES);

/** Items for it, all to test on, with pseudo-random elements and labels by turns. */
export function smallDataset(items = 12): Uint8Array {
  const graph = smallNetwork();
  const [input] = graph.inputs;
  if (input === undefined) throw new Error('the network has an input');
  const { scale, zeroPoint } = perTensor(tensorOf(graph, input));
  return encodeDataset({
    classes: CLASSES,
    itemBytes: ITEM_BYTES,
    adaptCount: 0,
    scale,
    zeroPoint,
    labels: Uint8Array.from({ length: items }, (_, i) => i % CLASSES),
    elements: Int8Array.from({ length: items * ITEM_BYTES }, (_, i) => (i * 37 + (i >> 4) * 11) % 256),
  });
}
