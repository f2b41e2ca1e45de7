import {
  type Conv2d,
  type DepthwiseConv2d,
  type FullyConnected,
  type Graph,
  type Op,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { storedWeights } from '#libs/model/quant';

/** A layer whose weights and biases are known: constants of the graph. */
export type FixedLayer = Conv2d | DepthwiseConv2d | FullyConnected;

export function isFixedLayer(op: Op, graph: Graph): op is FixedLayer {
  if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d' && op.kind !== 'fullyConnected') return false;
  const isMasked = 'mask' in op && op.mask !== undefined;
  const isConstant = (id: TensorId | undefined): boolean =>
    id === undefined || tensorOf(graph, id).role === 'constant';
  return !isMasked && isConstant(op.weights) && isConstant(op.bias);
}

/** Whether some accumulators of a layer lack products, since padding adds none. */
export function isPadded(op: FixedLayer): boolean {
  if (op.kind === 'fullyConnected') return false;
  const { top, bottom, left, right } = op.window.padding;
  return top + bottom + left + right > 0;
}

/** The products that each output channel of a layer sums up. */
export interface Taps {
  readonly outputs: number;
  /** Products of an output channel. */
  readonly count: number;
  /** Whether a tap always reads the same channel: not where rows of a fully connected layer begin inside a pixel. */
  readonly isByChannel: boolean;
  weightOf(output: number, tap: number): number;
  /** The input channel of a tap. */
  channelOf(output: number, tap: number): number;
}

export const channelsOf = (graph: Graph, id: TensorId): number => tensorOf(graph, id).shape.at(-1) ?? 1;

export function tapsOf(op: FixedLayer, graph: Graph): Taps {
  const values = storedWeights(graph, op.weights);
  const outputs = channelsOf(graph, op.output);
  const count = values.length / outputs;
  const weightAt = (index: number): number => values[index] ?? 0;
  if (op.kind === 'depthwiseConv2d') {
    return {
      outputs,
      count,
      isByChannel: true,
      weightOf: (output, tap) => weightAt(tap * outputs + output),
      channelOf: (output) => Math.floor(output / op.multiplier),
    };
  }
  const channels = channelsOf(graph, op.input);
  return {
    outputs,
    count,
    isByChannel: count % channels === 0,
    weightOf: (output, tap) => weightAt(output * count + tap),
    channelOf: (_, tap) => tap % channels,
  };
}
