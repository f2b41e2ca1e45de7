import { type Conv2d, type DepthwiseConv2d, perTensor, tensorOf } from '#libs/model/ir';
import type { Machine } from '../machine';
import type { BlockFloat } from '../memory';
import { tapTable } from './tap-table';

/** N6.5: G = sum over pixels of h * (x - z), exact integers in the weights' storage order. */
export type WeightGradient = (gradient: BlockFloat) => Float64Array;

export function weightGradient(op: Conv2d | DepthwiseConv2d, machine: Machine): WeightGradient {
  return op.kind === 'conv2d' ? convWeightGradient(op, machine) : depthwiseWeightGradient(op, machine);
}

function convWeightGradient(op: Conv2d, { graph, memory }: Machine): WeightGradient {
  const { taps, source, inputChannels, outputPixels, outputChannels } = tapTable(graph, op);
  const { zeroPoint } = perTensor(tensorOf(graph, op.input));
  const input = memory.int8(op.input);
  const sums = new Float64Array(outputChannels * taps * inputChannels);
  const gather = (o: number, pixel: number, h: number): void => {
    for (let tap = 0; tap < taps; tap++) {
      const from = source[pixel * taps + tap] as number;
      if (from < 0) continue;
      const w = (o * taps + tap) * inputChannels;
      const x = from * inputChannels;
      for (let i = 0; i < inputChannels; i++) sums[w + i]! += h * ((input[x + i] as number) - zeroPoint);
    }
  };
  return ({ mantissas }) => {
    sums.fill(0);
    for (let o = 0; o < outputChannels; o++) {
      for (let p = 0; p < outputPixels; p++) {
        const h = mantissas[o * outputPixels + p] as number;
        if (h !== 0) gather(o, p, h);
      }
    }
    return sums;
  };
}

function depthwiseWeightGradient(op: DepthwiseConv2d, { graph, memory }: Machine): WeightGradient {
  const { taps, source, inputChannels, outputPixels, outputChannels } = tapTable(graph, op);
  const { zeroPoint } = perTensor(tensorOf(graph, op.input));
  const input = memory.int8(op.input);
  const sums = new Float64Array(taps * outputChannels);
  return ({ mantissas }) => {
    sums.fill(0);
    for (let o = 0; o < outputChannels; o++) {
      const channel = Math.floor(o / op.multiplier);
      for (let p = 0; p < outputPixels; p++) {
        const h = mantissas[o * outputPixels + p] as number;
        for (let tap = 0; tap < taps; tap++) {
          const from = source[p * taps + tap] as number;
          if (from < 0) continue;
          const x = input[from * inputChannels + channel] as number;
          sums[tap * outputChannels + o]! += h * (x - zeroPoint);
        }
      }
    }
    return sums;
  };
}
