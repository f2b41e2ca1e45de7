import { type Pad, perTensor, tensorOf } from '#libs/model/ir';
import type { PrepareForward } from '../machine';

/** PAD: the map in a frame of its zero point. */
export const pad: PrepareForward<Pad> = (op, { graph, memory }) => {
  const [, height = 0, width = 0, channels = 0] = tensorOf(graph, op.input).shape;
  const outputWidth = tensorOf(graph, op.output).shape[2] ?? 0;
  const input = memory.int8(op.input);
  const output = memory.int8(op.output);
  const { zeroPoint } = perTensor(tensorOf(graph, op.input));
  return () => {
    output.fill(zeroPoint);
    for (let row = 0; row < height; row++) {
      const from = row * width * channels;
      const to = ((row + op.padding.top) * outputWidth + op.padding.left) * channels;
      output.set(input.subarray(from, from + width * channels), to);
    }
  };
};
