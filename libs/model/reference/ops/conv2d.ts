import { type Conv2d, perTensor, tensorOf } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { layerWeights } from './layer-weights';
import { biasReader, requantizedStore } from './requantizer';
import { tapTable } from './tap-table';

/** N2: acc[o] = bias[o] + sum over taps and input channels of w * (x - z); padding adds 0. Weights [O, tap, I]. */
export const conv2d: PrepareForward<Conv2d> = (op, machine) => {
  const { taps, inputChannels, outputPixels, outputChannels, source } = tapTable(machine.graph, op);
  const input = machine.memory.int8(op.input);
  const weightsOf = layerWeights(op, machine);
  const { zeroPoint } = perTensor(tensorOf(machine.graph, op.input));
  const biasOf = biasReader(op, machine);
  const store = requantizedStore(op, machine);

  const accumulate = (weights: Int8Array, pixel: number, channel: number): number => {
    let sum = biasOf(channel);
    for (let tap = 0; tap < taps; tap++) {
      const from = source[pixel * taps + tap] as number;
      if (from < 0) continue;
      const x = from * inputChannels;
      const w = (channel * taps + tap) * inputChannels;
      for (let i = 0; i < inputChannels; i++)
        sum += (weights[w + i] as number) * ((input[x + i] as number) - zeroPoint);
    }
    return sum;
  };

  return () => {
    const weights = weightsOf();
    for (let pixel = 0; pixel < outputPixels; pixel++) {
      for (let o = 0; o < outputChannels; o++)
        store(pixel * outputChannels + o, o, accumulate(weights, pixel, o));
    }
  };
};
