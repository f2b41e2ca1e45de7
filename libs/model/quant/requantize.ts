import {
  channelScale,
  type Conv2d,
  type DepthwiseConv2d,
  type FullyConnected,
  type Graph,
  perTensor,
  type TensorId,
  tensorOf,
  type TransposeConv2d,
} from '#libs/model/ir';
import { q31, type Scaled } from './binary-float';

/** A Q31 multiplier in [2^30, 2^31) (0 for 0) and a shift, positive = left: see `multiplyByQuantizedMultiplier`. */
export interface QuantizedMultiplier {
  readonly multiplier: number;
  readonly shift: number;
}

/** One quantised multiplier an output channel. */
export interface ChannelMultipliers {
  readonly multipliers: Int32Array;
  readonly shifts: Int8Array;
}

const SMALLEST_SHIFT = -31;

/** TensorFlow Lite's QuantizeMultiplier: q31, and 0 for what a shift of 31 cannot express. */
export function quantizeMultiplier(value: number): QuantizedMultiplier {
  const { mantissa, exponent }: Scaled = q31(value);
  return exponent < SMALLEST_SHIFT ? { multiplier: 0, shift: 0 } : { multiplier: mantissa, shift: exponent };
}

/** One multiplier for each of `count` channels. */
export function channelMultipliers(count: number, scaleOf: (channel: number) => number): ChannelMultipliers {
  const multipliers = new Int32Array(count);
  const shifts = new Int8Array(count);
  for (let channel = 0; channel < count; channel++) {
    const { multiplier, shift } = quantizeMultiplier(scaleOf(channel));
    multipliers[channel] = multiplier;
    shifts[channel] = shift;
  }
  return { multipliers, shifts };
}

/** Output channels of a layer: the last extent of its output. */
export const outputChannels = (graph: Graph, output: TensorId): number =>
  tensorOf(graph, output).shape.at(-1) ?? 0;

/**
 * N0 requant: q31((s_in * s_w[o]) / s_out) for every output channel, as TensorFlow Lite Micro computes it. A fully
 * connected layer with one weight scale takes the product of the scales in float32 there, so it does here, also as the
 * convolution that it is in a training graph: its weights [O,I] tell it.
 */
export function requantConstants(
  graph: Graph,
  op: Conv2d | DepthwiseConv2d | FullyConnected | TransposeConv2d,
): ChannelMultipliers {
  const input = perTensor(tensorOf(graph, op.input)).scale;
  const output = perTensor(tensorOf(graph, op.output)).scale;
  const weights = tensorOf(graph, op.weights);
  const file = weights.startsFrom === undefined ? weights : tensorOf(graph, weights.startsFrom);
  const singlePrecision = file.shape.length === 2 && weights.quantization?.scales.length === 1;
  const product = (channel: number): number => {
    const exact = input * channelScale(weights, channel);
    return singlePrecision ? Math.fround(exact) : exact;
  };
  return channelMultipliers(outputChannels(graph, op.output), (channel) => product(channel) / output);
}
