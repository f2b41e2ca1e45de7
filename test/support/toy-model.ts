import { unwrap } from '#libs/base/result';
import { type Graph } from '#libs/model/ir';
import { importTflite, writeTflite } from '#libs/model/tflite';
import { GraphBuilder } from '#test/support/graph-builder';

const BORDER = { top: 1, bottom: 0, left: 0, right: 1 };
const RELU6 = { activation: 'relu6' } as const;

/** A small network of the operators that networks for images are mostly made of. */
function toyNetwork(): Graph {
  const builder = new GraphBuilder('toy');
  const padded = builder.pad('border', builder.input([1, 6, 6, 2]), BORDER);
  const stem = builder.conv('stem', padded, { channels: 4, kernel: 3, stride: 2, ...RELU6 });
  const depthwise = builder.depthwise('dw', stem, { kernel: 3, padding: 1, ...RELU6 });
  const project = builder.conv('pw', depthwise, { channels: 4 });
  const sum = builder.add('res', project, stem);
  const row = builder.reshape('features', builder.averagePool('pool', sum), [1, 4]);
  return builder.build(builder.softmax('out', builder.fullyConnected('fc', row, { channels: 3 })));
}

/** The file of that network. */
export const toyFile = (): Uint8Array => unwrap(writeTflite(toyNetwork()));

/** The network as it comes out of its file. */
export const toyGraph = (): Graph => unwrap(importTflite(toyFile()));
