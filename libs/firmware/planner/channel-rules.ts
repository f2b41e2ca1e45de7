/**
 * Which operators of the backward half can run some channels at a time, and what they take and give channel by channel.
 *
 *   scaleGradient, own exponents     channels of the layer's output, in place
 *   biasUpdate, weightUpdate         channels of the layer's output
 *   inputGradient, aligned           channels of the layer's input, which it produces; takes the whole gradient, with its one exponent
 *   inputGradient, depthwise         takes and gives the same channels (multiplier 1)
 *   inputGradient, running           takes channels of the layer's output, in index order, and adds them to sums of all inputs;
 *                                    when all were taken, the sums become its output (NUMERICS, N6.4)
 *
 * Everything else takes and gives whole gradients.
 */
import type { Graph, InputGradient, Op, TensorId } from '#libs/model/ir';
import { convolutionKernel, elementsOf, extentOf, layerOf } from './kernels';

/** Channels that go together: the running exponent counts them in fours (NUMERICS, N6.4). */
export const CHANNELS_TOGETHER = 4;

export interface ChannelRule {
  /** How many there are in all. */
  readonly channels: number;
  /** Of which gradients a call takes its channels only; all else is read whole. */
  readonly reads: readonly TensorId[];
  /** Of which it gives its channels. */
  readonly writes?: TensorId;
  /** What comes of the sums that it keeps from its first call to its last. */
  readonly sums?: TensorId;
}

export const isRunning = (op: Op): boolean => op.kind === 'inputGradient' && op.accumulation === 'running';

function inputGradient(op: InputGradient, graph: Graph): ChannelRule | undefined {
  if (op.accumulation === 'running')
    return { channels: extentOf(graph, op.gradient, 0), reads: [op.gradient], sums: op.output };
  const isDepthwise = convolutionKernel(layerOf(op, graph), graph) === 'depthwise';
  if (isDepthwise && extentOf(graph, op.gradient, 0) !== extentOf(graph, op.output, 0)) return undefined;
  const reads = isDepthwise ? [op.gradient] : [];
  return { channels: extentOf(graph, op.output, 0), reads, writes: op.output };
}

/** How `op` runs channel by channel; undefined for operators that run whole. */
export function channelRuleOf(op: Op, graph: Graph): ChannelRule | undefined {
  if (op.kind === 'inputGradient') return inputGradient(op, graph);
  if (op.kind === 'biasUpdate' || op.kind === 'weightUpdate')
    return { channels: extentOf(graph, op.gradient, 0), reads: [op.gradient] };
  return op.kind === 'scaleGradient' && op.exponents === 'own'
    ? { channels: extentOf(graph, op.output, 0), reads: [op.input], writes: op.output }
    : undefined;
}

/** Bytes of the sums of a running input gradient, int32: they lie where its output will. */
export const sumBytes = (graph: Graph, output: TensorId): number => 4 * elementsOf(graph, output);
