import { type MaxPool2d, tensorOf } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { poolWindows } from './pool-windows';
import { clampedStore } from './requantizer';

const INT8_MIN = -128;

/** MAX_POOL_2D: the largest value of the window, clamped. */
export const maxPool2d: PrepareForward<MaxPool2d> = (op, machine) => {
  const channels = tensorOf(machine.graph, op.input).shape[3] ?? 0;
  const windows = poolWindows(machine.graph, op);
  const input = machine.memory.int8(op.input);
  const store = clampedStore(op, machine);

  const largest = (pixels: readonly number[], channel: number): number =>
    pixels.reduce((most, pixel) => Math.max(most, input[pixel * channels + channel] as number), INT8_MIN);

  return () =>
    windows.forEach((pixels, at) => {
      for (let c = 0; c < channels; c++) store(at * channels + c, largest(pixels, c));
    });
};
