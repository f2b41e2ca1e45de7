import { type DepthwiseConv2d, perTensor, tensorOf } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { layerWeights } from './layer-weights';
import { biasReader, requantizedStore } from './requantizer';
import { tapTable } from './tap-table';

/** N2 with one input channel for each output channel: channel o reads channel floor(o / multiplier). Weights [tap, O]. */
export const depthwiseConv2d: PrepareForward<DepthwiseConv2d> = (op, machine) => {
  const { taps, inputChannels, outputPixels, outputChannels, source } = tapTable(machine.graph, op);
  const input = machine.memory.int8(op.input);
  const weightsOf = layerWeights(op, machine);
  const { zeroPoint } = perTensor(tensorOf(machine.graph, op.input));
  const biasOf = biasReader(op, machine);
  const store = requantizedStore(op, machine);

  const inputOf = Int32Array.from({ length: outputChannels }, (_, channel) =>
    Math.floor(channel / op.multiplier),
  );

  const accumulate = (weights: Int8Array, pixel: number, channel: number): number => {
    const inputChannel = inputOf[channel] as number;
    let sum = biasOf(channel);
    for (let tap = 0; tap < taps; tap++) {
      const from = source[pixel * taps + tap] as number;
      if (from < 0) continue;
      const x = input[from * inputChannels + inputChannel] as number;
      sum += (weights[tap * outputChannels + channel] as number) * (x - zeroPoint);
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
