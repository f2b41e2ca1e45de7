import type { Graph, Tensor } from '#libs/model/ir';
import { GraphDraft } from '../graph-draft';
import type { Pass } from '../pass';
import { ChannelRanges } from './channel-ranges';
import { keptChannels, type KeptChannels } from './kept-channels';
import { isFixedLayer } from './layer-taps';
import { LayerNarrowing } from './narrow-layer';

/** Kernels compute two output channels together. On mcunet_vww 2 takes fewer instructions than 1 and 4. */
const GRANULARITY = 2;

export interface DropOptions {
  /** Constant channels stay where the count of channels would be no multiple of this otherwise. Default: 2. */
  readonly granularity?: number;
}

const narrow = (tensor: Tensor, kept: KeptChannels): Tensor => {
  const channels = kept.get(tensor.id);
  return channels ? { ...tensor, shape: [...tensor.shape.slice(0, -1), channels.length] } : tensor;
};

function dropped(graph: Graph, granularity: number): Graph {
  const ranges = new ChannelRanges(graph);
  const kept = keptChannels(graph, ranges, granularity);
  const narrowing = new LayerNarrowing(graph, ranges, kept);
  const draft = new GraphDraft({ ...graph, tensors: graph.tensors.map((tensor) => narrow(tensor, kept)) });
  return draft.finish(graph.ops.map((op) => (isFixedLayer(op, graph) ? narrowing.narrowed(op, draft) : op)));
}

/**
 * Drops channels that have the same value for every input of the graph.
 * 1. The range of every channel, layer after layer: the worst case of the accumulator over the ranges of the channels that
 *    it reads, requantised; a channel is constant where both ends are one value.
 * 2. A constant channel goes if every reader is a convolution or a fully connected layer that can fold
 *    weight * (constant - zero point) into its biases; where it pads, only if that is 0. Through a depthwise layer the
 *    channel before it and the channel after it go together.
 * 3. Layers get weights, scales and biases of their own without these channels.
 * Before: h[8] = conv(x), k[8] = depthwise(h), y = conv(k). After: h[4], k[4], y with other biases.
 * Keeps: every byte of the channels that stay, the ids of all maps, at least one channel of each. Parameters are baked in:
 * for programs that these are linked into, not for those whose parameters may be patched or trained.
 */
export const dropConstantChannels = ({ granularity = GRANULARITY }: DropOptions = {}): Pass => ({
  name: 'drop-constant-channels',
  run: (graph) => dropped(graph, granularity),
});
