import type { Conv2d } from '#libs/model/ir';
import { roundingShiftRight } from '#libs/model/quant';
import { invariant } from '#libs/base/result';
import type { Machine } from '../machine';
import { type BlockFloat, NONE } from '../memory';
import { layerWeights } from './layer-weights';
import { tapTable } from './tap-table';

/** Output channels that meet the running exponent together. */
const GROUP = 4;

/** Sums of N6.4, pixel-major [P, C_in], all of one exponent; NONE where no channel had one. */
export interface RunningSums {
  readonly sums: Float64Array;
  readonly exponent: number;
}

/** N6.4, running: of a 1x1 convolution of stride 1, four output channels at a time, in index order. */
export function runningConvolution(op: Conv2d, machine: Machine): (gradient: BlockFloat) => RunningSums {
  const { taps, inputPixels, inputChannels, outputPixels, outputChannels } = tapTable(machine.graph, op);
  invariant(taps === 1 && inputPixels === outputPixels, `${op.name} is no pointwise convolution`);
  const weightsOf = layerWeights(op, machine);
  const sums = new Float64Array(inputPixels * inputChannels);

  const addChannel = (
    weights: Int8Array,
    { mantissas, exponents }: BlockFloat,
    o: number,
    exponent: number,
  ): void => {
    const shift = exponent - (exponents[o] as number);
    for (let p = 0; p < outputPixels; p++) {
      const h = roundingShiftRight(mantissas[o * outputPixels + p] as number, shift);
      for (let i = 0; i < inputChannels; i++)
        sums[p * inputChannels + i]! += (weights[o * inputChannels + i] as number) * h;
    }
  };

  return (gradient) => {
    const weights = weightsOf();
    sums.fill(0);
    let exponent = NONE;
    for (let first = 0; first < outputChannels; first += GROUP) {
      const end = Math.min(first + GROUP, outputChannels);
      const larger = Math.max(exponent, ...gradient.exponents.subarray(first, end));
      if (larger === NONE) continue;
      const shift = larger - exponent;
      if (shift > 0) sums.forEach((sum, i) => (sums[i] = roundingShiftRight(sum, shift)));
      exponent = larger;
      for (let o = first; o < end; o++) addChannel(weights, gradient, o, exponent);
    }
    return { sums, exponent };
  };
}
