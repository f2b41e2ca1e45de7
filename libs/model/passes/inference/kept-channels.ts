import {
  type DepthwiseConv2d,
  type Graph,
  type Op,
  perTensor,
  ruleOf,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import type { ChannelRanges } from './channel-ranges';
import { channelsOf, type FixedLayer, isFixedLayer, isPadded, tapsOf } from './layer-taps';
import { readersOf } from './rewire';

/** The channels that stay, ascending, of every tensor that loses some. */
export type KeptChannels = ReadonlyMap<TensorId, readonly number[]>;

/** A depthwise layer whose output channel k reads input channel k and nothing else. */
const isOneToOne = (op: Op, graph: Graph): op is DepthwiseConv2d =>
  op.kind === 'depthwiseConv2d' && op.multiplier === 1 && isFixedLayer(op, graph);

/**
 * Which channels may go. Maps before and after a depthwise layer lose the same channels, so they are decided together; a
 * channel goes if in each of these maps it is either a constant that the reading layers can fold into their biases, or
 * read by nothing but those depthwise layers.
 */
class Choice {
  private readonly readers: ReadonlyMap<TensorId, readonly Op[]>;
  private readonly writers: ReadonlyMap<TensorId, Op>;

  constructor(
    private readonly graph: Graph,
    private readonly ranges: ChannelRanges,
    private readonly granularity: number,
  ) {
    this.readers = readersOf(graph.ops);
    this.writers = new Map(
      graph.ops.flatMap((op) =>
        ruleOf(op)
          .outputs(op)
          .map((id) => [id, op] as const),
      ),
    );
  }

  kept(): KeptChannels {
    const kept = new Map<TensorId, readonly number[]>();
    const seen = new Set<TensorId>();
    for (const { output } of this.graph.ops.filter((op) => isFixedLayer(op, this.graph))) {
      if (seen.has(output)) continue;
      const maps = this.linked(output);
      for (const id of maps) seen.add(id);
      const channels = channelsOf(this.graph, output);
      const stay = this.staying(maps, channels);
      if (stay.length < channels) for (const id of maps) kept.set(id, stay);
    }
    return kept;
  }

  /** `start` and all maps that depthwise layers make of it or it is made of. */
  private linked(start: TensorId): readonly TensorId[] {
    const found = new Set([start]);
    for (const id of found) {
      const writer = this.writers.get(id);
      if (writer && isOneToOne(writer, this.graph)) found.add(writer.input);
      for (const reader of this.readersOf(id)) if (isOneToOne(reader, this.graph)) found.add(reader.output);
    }
    return [...found];
  }

  /** Channels that have to stay, and the first of the others until the count suits. */
  private staying(maps: readonly TensorId[], channels: number): readonly number[] {
    const all = Array.from({ length: channels }, (_, channel) => channel);
    if (!maps.every((id) => this.isNarrowable(id))) return all;
    const mayGo = all.filter((channel) => maps.every((id) => this.isDispensable(id, channel)));
    const live = channels - mayGo.length;
    const wanted = Math.max(this.fewest(maps), Math.ceil(live / this.granularity) * this.granularity);
    const gone = new Set(mayGo.slice(Math.max(0, wanted - live)));
    return all.filter((channel) => !gone.has(channel));
  }

  /** Some channel stays; of a fully connected layer with a scale for each, two: with one, its product is rounded otherwise. */
  private fewest(maps: readonly TensorId[]): number {
    const isDense = maps.some((id) => this.writers.get(id)?.kind === 'fullyConnected');
    return Math.max(this.granularity, isDense ? 2 : 1);
  }

  /** Whether channels of the map can go at all: layers on both sides, and nobody outside looks at it. */
  private isNarrowable(id: TensorId): boolean {
    const writer = this.writers.get(id);
    return (
      writer !== undefined &&
      isFixedLayer(writer, this.graph) &&
      (writer.kind !== 'depthwiseConv2d' || writer.multiplier === 1) &&
      !this.graph.outputs.includes(id) &&
      this.readersOf(id).every((op) => this.readsByChannel(op, id))
    );
  }

  private readsByChannel(op: Op, id: TensorId): op is FixedLayer {
    if (!isFixedLayer(op, this.graph) || op.input !== id) return false;
    return op.kind === 'depthwiseConv2d' ? op.multiplier === 1 : tapsOf(op, this.graph).isByChannel;
  }

  private isDispensable(id: TensorId, channel: number): boolean {
    const constant = this.ranges.constantOf(id, channel);
    const { zeroPoint } = perTensor(tensorOf(this.graph, id));
    return this.readersOf(id).every((op) => {
      if (!isFixedLayer(op, this.graph)) return false;
      if (op.kind === 'depthwiseConv2d') return true;
      return constant !== undefined && (constant === zeroPoint || !isPadded(op));
    });
  }

  private readersOf(id: TensorId): readonly Op[] {
    return this.readers.get(id) ?? [];
  }
}

/** @param granularity constant channels stay where the count would be no multiple of it otherwise */
export const keptChannels = (graph: Graph, ranges: ChannelRanges, granularity: number): KeptChannels =>
  new Choice(graph, ranges, granularity).kept();
