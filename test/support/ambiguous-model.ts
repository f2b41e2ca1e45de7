import { unwrap } from '#libs/base/result';
import { writeTflite } from '#libs/model/tflite';
import { GraphBuilder } from './graph-builder';

/** As many numbers out as in, and no softmax: classes, or the input again? A file of the library's writer. */
export function ambiguousModelFile(side: number): Uint8Array {
  const builder = new GraphBuilder('ambiguous');
  const inner = { channels: 8, activation: 'relu' } as const;
  const hidden = builder.fullyConnected('fc1', builder.input([1, side]), inner);
  return unwrap(writeTflite(builder.build(builder.fullyConnected('fc2', hidden, { channels: side }))));
}
