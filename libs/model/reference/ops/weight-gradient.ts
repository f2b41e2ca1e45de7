import { type Conv2d, type DepthwiseConv2d, perTensor, tensorOf, type WeightUpdate } from '#libs/model/ir';
import type { Machine } from '../machine';
import type { BlockFloat } from '../memory';
import { convolutionAt } from './layer-at';
import { type TapTable, tapTable } from './tap-table';

/**
 * N6.5: G = sum over pixels of h * (x - z), exact integers in the storage order of the weights that are trained. x are the
 * planes of their channels.
 */
export type WeightGradient = (gradient: BlockFloat) => Float64Array;

export function weightGradient(op: WeightUpdate, machine: Machine): WeightGradient {
  const layer = convolutionAt(machine.graph, op.layer);
  return layer.kind === 'conv2d'
    ? convWeightGradient(op, layer, machine)
    : depthwiseWeightGradient(op, layer, machine);
}

/** x - z of channel i where tap `tap` of output pixel `pixel` looks; 0 in the padding. */
type Saved = (i: number, pixel: number, tap: number) => number;

function savedInput(op: WeightUpdate, { taps, source, inputPixels }: TapTable, machine: Machine): Saved {
  const { zeroPoint } = perTensor(tensorOf(machine.graph, op.input));
  const planes = machine.memory.int8(op.input);
  return (i, pixel, tap) => {
    const from = source[pixel * taps + tap] as number;
    return from < 0 ? 0 : (planes[i * inputPixels + from] as number) - zeroPoint;
  };
}

/** How many input channels are trained. */
const channelsOf = (op: WeightUpdate, { graph }: Machine): number =>
  tensorOf(graph, op.weights).shape.at(-1) ?? 0;

function convWeightGradient(op: WeightUpdate, layer: Conv2d, machine: Machine): WeightGradient {
  const table = tapTable(machine.graph, layer);
  const { taps, outputPixels, outputChannels } = table;
  const channels = channelsOf(op, machine);
  const x = savedInput(op, table, machine);
  const sums = new Float64Array(outputChannels * taps * channels);
  const gather = (o: number, pixel: number, h: number): void => {
    for (let tap = 0; tap < taps; tap++) {
      const w = (o * taps + tap) * channels;
      for (let i = 0; i < channels; i++) sums[w + i]! += h * x(i, pixel, tap);
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

function depthwiseWeightGradient(op: WeightUpdate, layer: DepthwiseConv2d, machine: Machine): WeightGradient {
  const table = tapTable(machine.graph, layer);
  const { taps, outputPixels } = table;
  const channels = channelsOf(op, machine);
  const x = savedInput(op, table, machine);
  const sums = new Float64Array(taps * channels);
  return ({ mantissas }) => {
    sums.fill(0);
    for (let o = 0; o < channels; o++) {
      const channel = Math.floor(o / layer.multiplier);
      for (let p = 0; p < outputPixels; p++) {
        const h = mantissas[o * outputPixels + p] as number;
        for (let tap = 0; tap < taps; tap++) sums[tap * channels + o]! += h * x(channel, p, tap);
      }
    }
    return sums;
  };
}
