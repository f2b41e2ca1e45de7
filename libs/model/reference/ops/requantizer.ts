import {
  type Activation,
  type Conv2d,
  type DepthwiseConv2d,
  type FullyConnected,
  layersOf,
  perTensor,
  type TensorId,
  tensorOf,
  type TransposeConv2d,
} from '#libs/model/ir';
import {
  activationRange,
  multiplyByQuantizedMultiplier,
  requantConstants,
  trainingConstants,
} from '#libs/model/quant';
import type { Machine } from '../machine';
import { setBit } from './bits';

/** N2: y = clamp(u), and where a mask is kept its bit: was u inside the clamp? */
export type ClampedStore = (index: number, unclamped: number) => void;

interface ClampedOutput {
  readonly output: TensorId;
  readonly mask?: TensorId;
  readonly activation: Activation;
}

export function clampedStore(op: ClampedOutput, { graph, memory }: Machine): ClampedStore {
  const output = memory.int8(op.output);
  const mask = op.mask === undefined ? undefined : memory.bytes(op.mask);
  const { min, max } = activationRange(op.activation, perTensor(tensorOf(graph, op.output)));
  return (index, unclamped) => {
    output[index] = unclamped < min ? min : unclamped > max ? max : unclamped;
    if (mask) setBit(mask, index, unclamped >= min && unclamped <= max);
  };
}

/** N2: u = MBQM(accumulator, m[channel], s[channel]) + z_out, stored. The accumulator wraps to int32 as on the device. */
export type RequantizedStore = (index: number, channel: number, accumulator: number) => void;

type FilteredOp = Conv2d | DepthwiseConv2d | FullyConnected | TransposeConv2d;

export function requantizedStore(op: FilteredOp, machine: Machine): RequantizedStore {
  const { multipliers, shifts } = requantConstants(machine.graph, op);
  const { zeroPoint } = perTensor(tensorOf(machine.graph, op.output));
  const store = clampedStore(op, machine);
  return (index, channel, accumulator) => {
    const multiplier = multipliers[channel] as number;
    store(
      index,
      multiplyByQuantizedMultiplier(accumulator | 0, multiplier, shifts[channel] as number) + zeroPoint,
    );
  };
}

/**
 * The biases a layer adds to its accumulators (N2): constants and those of frozen channels as they are, other variables
 * rounded: (B + 128) >> 8.
 */
export function biasReader(op: FilteredOp, { graph, memory }: Machine): (channel: number) => number {
  if (op.bias === undefined) return () => 0;
  const values = memory.int32(op.bias);
  if (tensorOf(graph, op.bias).role !== 'variable') return (channel) => values[channel] as number;
  const { frozen } = trainingConstants(graph, layersOf(graph).indexOf(op));
  return (channel) => {
    const held = values[channel] as number;
    return frozen[channel] ? held : (held + 128) >> 8;
  };
}
