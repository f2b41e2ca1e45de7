import { type ResizeNearest, tensorOf } from '#libs/model/ir';
import { resizeNearestIndices } from '#libs/model/quant';
import type { PrepareForward } from '../machine';

/** RESIZE_NEAREST_NEIGHBOR: every output pixel is a copy of the nearest input pixel. */
export const resizeNearest: PrepareForward<ResizeNearest> = (op, { graph, memory }) => {
  const [, , width = 0, channels = 0] = tensorOf(graph, op.input).shape;
  const { rows, columns } = resizeNearestIndices(graph, op);
  const input = memory.int8(op.input);
  const output = memory.int8(op.output);
  return () => {
    let to = 0;
    for (const row of rows) {
      for (const column of columns) {
        const from = (row * width + column) * channels;
        output.set(input.subarray(from, from + channels), to);
        to += channels;
      }
    }
  };
};
