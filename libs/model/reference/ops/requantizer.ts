import {
  type Activation,
  type Conv2d,
  type DepthwiseConv2d,
  type FullyConnected,
  perTensor,
  type TensorId,
  tensorOf,
  type TransposeConv2d,
} from '#libs/model/ir';
import { activationRange, multiplyByQuantizedMultiplier, requantConstants } from '#libs/model/quant';
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

export function requantizedStore(
  op: Conv2d | DepthwiseConv2d | FullyConnected | TransposeConv2d,
  machine: Machine,
): RequantizedStore {
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

/** The biases a layer adds to its accumulators: constants as they are, variables rounded: (B + 128) >> 8 (N2). */
export function biasReader(
  bias: TensorId | undefined,
  { graph, memory }: Machine,
): (channel: number) => number {
  if (bias === undefined) return () => 0;
  const values = memory.int32(bias);
  const isVariable = tensorOf(graph, bias).role === 'variable';
  return isVariable
    ? (channel) => ((values[channel] as number) + 128) >> 8
    : (channel) => values[channel] as number;
}
