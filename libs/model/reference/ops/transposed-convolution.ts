import type { Conv2d, DepthwiseConv2d } from '#libs/model/ir';
import type { Machine } from '../machine';
import type { BlockFloat } from '../memory';
import { layerWeights } from './layer-weights';
import { tapTable } from './tap-table';

/** The sums of N6.4 before anything else: pixel-major [P_in, C_in], exact integers. */
export type TransposedConvolution = (gradient: BlockFloat) => Float64Array;

export function transposedConvolution(op: Conv2d | DepthwiseConv2d, machine: Machine): TransposedConvolution {
  return op.kind === 'conv2d' ? transposedConv2d(op, machine) : transposedDepthwise(op, machine);
}

function transposedConv2d(op: Conv2d, machine: Machine): TransposedConvolution {
  const { taps, source, inputPixels, inputChannels, outputPixels, outputChannels } = tapTable(
    machine.graph,
    op,
  );
  const weightsOf = layerWeights(op, machine);
  const sums = new Float64Array(inputPixels * inputChannels);
  const scatter = (weights: Int8Array, o: number, pixel: number, h: number): void => {
    for (let tap = 0; tap < taps; tap++) {
      const to = source[pixel * taps + tap] as number;
      if (to < 0) continue;
      const w = (o * taps + tap) * inputChannels;
      for (let i = 0; i < inputChannels; i++) sums[to * inputChannels + i]! += (weights[w + i] as number) * h;
    }
  };
  return ({ mantissas }) => {
    const weights = weightsOf();
    sums.fill(0);
    for (let o = 0; o < outputChannels; o++) {
      for (let p = 0; p < outputPixels; p++) {
        const h = mantissas[o * outputPixels + p] as number;
        if (h !== 0) scatter(weights, o, p, h);
      }
    }
    return sums;
  };
}

function transposedDepthwise(op: DepthwiseConv2d, machine: Machine): TransposedConvolution {
  const { taps, source, inputPixels, inputChannels, outputPixels, outputChannels } = tapTable(
    machine.graph,
    op,
  );
  const weightsOf = layerWeights(op, machine);
  const sums = new Float64Array(inputPixels * inputChannels);
  return ({ mantissas }) => {
    const weights = weightsOf();
    sums.fill(0);
    for (let o = 0; o < outputChannels; o++) {
      const channel = Math.floor(o / op.multiplier);
      for (let p = 0; p < outputPixels; p++) {
        const h = mantissas[o * outputPixels + p] as number;
        for (let tap = 0; tap < taps; tap++) {
          const to = source[p * taps + tap] as number;
          if (to >= 0)
            sums[to * inputChannels + channel]! += (weights[tap * outputChannels + o] as number) * h;
        }
      }
    }
    return sums;
  };
}
