import { type AveragePool2d, tensorOf } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { clampedStore } from './requantizer';

interface Axis {
  readonly stride: number;
  readonly before: number;
  readonly kernel: number;
  readonly extent: number;
}

/** The part of a window that lies on the map: [from, to). */
function inside(position: number, { stride, before, kernel, extent }: Axis): readonly [number, number] {
  const start = position * stride - before;
  return [Math.max(start, 0), Math.min(start + kernel, extent)];
}

/** N2 pool: S = sum of x over the n pixels on the map; y = (S > 0 ? S + n/2 : S - n/2) / n, divisions truncating. */
export const averagePool2d: PrepareForward<AveragePool2d> = (op, machine) => {
  const [, height = 0, width = 0, channels = 0] = tensorOf(machine.graph, op.input).shape;
  const [, rows = 0, columns = 0] = tensorOf(machine.graph, op.output).shape;
  const { stride, padding } = op.window;
  const vertical: Axis = {
    stride: stride.height,
    before: padding.top,
    kernel: op.kernel.height,
    extent: height,
  };
  const horizontal: Axis = {
    stride: stride.width,
    before: padding.left,
    kernel: op.kernel.width,
    extent: width,
  };
  const input = machine.memory.int8(op.input);
  const store = clampedStore(op, machine);

  const average = (row: number, column: number, channel: number): number => {
    const [top, bottom] = inside(row, vertical);
    const [left, right] = inside(column, horizontal);
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += input[(y * width + x) * channels + channel] as number;
    }
    const count = (bottom - top) * (right - left);
    const half = Math.floor(count / 2);
    return Math.trunc((sum > 0 ? sum + half : sum - half) / count);
  };

  return () => {
    for (let pixel = 0; pixel < rows * columns; pixel++) {
      const row = Math.floor(pixel / columns);
      for (let c = 0; c < channels; c++) store(pixel * channels + c, average(row, pixel % columns, c));
    }
  };
};
