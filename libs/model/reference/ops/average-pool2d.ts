import { type AveragePool2d, tensorOf } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { poolWindows } from './pool-windows';
import { clampedStore } from './requantizer';

/** N2 pool: S = sum of x over the n pixels on the map; y = (S > 0 ? S + n/2 : S - n/2) / n, divisions truncating. */
export const averagePool2d: PrepareForward<AveragePool2d> = (op, machine) => {
  const channels = tensorOf(machine.graph, op.input).shape[3] ?? 0;
  const windows = poolWindows(machine.graph, op);
  const input = machine.memory.int8(op.input);
  const store = clampedStore(op, machine);

  const average = (pixels: readonly number[], channel: number): number => {
    const sum = pixels.reduce((total, pixel) => total + (input[pixel * channels + channel] as number), 0);
    const half = Math.floor(pixels.length / 2);
    return Math.trunc((sum > 0 ? sum + half : sum - half) / pixels.length);
  };

  return () =>
    windows.forEach((pixels, at) => {
      for (let c = 0; c < channels; c++) store(at * channels + c, average(pixels, c));
    });
};
