import { type Graph, type MaxPool2d, producerOf, type RecordMaximum, tensorOf } from '#libs/model/ir';
import { invariant } from '#libs/base/result';
import type { PrepareForward } from '../machine';

const OUTSIDE = -1;

/** For every output pixel of a pool the input pixel under each tap, row by row; -1 where that is padding. */
export function windowTaps(graph: Graph, pool: MaxPool2d): readonly Int32Array[] {
  const [, height = 1, width = 1] = tensorOf(graph, pool.input).shape;
  const [, rows = 1, columns = 1] = tensorOf(graph, pool.output).shape;
  const { kernel, window } = pool;
  return Array.from({ length: rows * columns }, (_, q) =>
    Int32Array.from({ length: kernel.height * kernel.width }, (_unused, tap) => {
      const y =
        Math.floor(q / columns) * window.stride.height - window.padding.top + Math.floor(tap / kernel.width);
      const x = (q % columns) * window.stride.width - window.padding.left + (tap % kernel.width);
      return y < 0 || y >= height || x < 0 || x >= width ? OUTSIDE : y * width + x;
    }),
  );
}

/** G7: the first tap, row by row, that is as large as any. */
export const recordMaximum: PrepareForward<RecordMaximum> = (op, { graph, memory }) => {
  const pool = producerOf(graph, op.of);
  invariant(pool?.kind === 'maxPool2d', `tensor ${op.of} does not come from a pool`);
  const windows = windowTaps(graph, pool);
  const channels = tensorOf(graph, op.input).shape[3] ?? 1;
  const input = memory.int8(op.input);
  const output = memory.bytes(op.output);

  const firstLargest = (pixels: Int32Array, channel: number): number => {
    let best = -1;
    let largest = -Infinity;
    pixels.forEach((pixel, tap) => {
      const value = pixel === OUTSIDE ? -Infinity : (input[pixel * channels + channel] as number);
      if (value > largest) {
        largest = value;
        best = tap;
      }
    });
    return best;
  };

  return () =>
    windows.forEach((pixels, q) => {
      for (let c = 0; c < channels; c++) output[q * channels + c] = firstLargest(pixels, c);
    });
};
