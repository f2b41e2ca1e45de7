import { invariant } from '#libs/base/result';
import {
  elementCount,
  type Graph,
  perTensor,
  type Quantization,
  type Tensor,
  tensorOf,
} from '#libs/model/ir';
import { storedBiases } from '#libs/model/quant';
import type { GraphDraft } from '../graph-draft';
import type { ChannelRanges } from './channel-ranges';
import type { KeptChannels } from './kept-channels';
import { channelsOf, type FixedLayer, tapsOf } from './layer-taps';

type Constant = Omit<Tensor, 'id'>;

const all = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** One scale for all stays; of one a channel, those of `channels` stay. */
function quantizedLike(
  { quantization }: Pick<Tensor, 'quantization'>,
  channels: readonly number[],
): { readonly quantization?: Quantization } {
  if (!quantization) return {};
  const pick = (values: readonly number[]): readonly number[] =>
    values.length === 1 ? values : channels.map((channel) => values[channel] ?? 0);
  const { scales, zeroPoints, axis } = quantization;
  return { quantization: { scales: pick(scales), zeroPoints: pick(zeroPoints), axis } };
}

/** Rewrites layers so that they neither read nor write the channels that go. */
export class LayerNarrowing {
  constructor(
    private readonly graph: Graph,
    private readonly ranges: ChannelRanges,
    private readonly kept: KeptChannels,
  ) {}

  /** `op` with parameters of its own; itself where all its channels stay. */
  narrowed<O extends FixedLayer>(op: O, draft: GraphDraft): O {
    if (!this.kept.has(op.input) && !this.kept.has(op.output)) return op;
    const weights = draft.add(this.weights(op));
    const bias = this.bias(op);
    return { ...op, weights, ...(bias && { bias: draft.add(bias) }) };
  }

  private weights(op: FixedLayer): Constant {
    const { id: _, ...tensor } = tensorOf(this.graph, op.weights);
    const outputs = this.outputsOf(op);
    const isLast = op.kind === 'depthwiseConv2d';
    const values = isLast ? this.lastKept(op, outputs) : this.rowsKept(op, outputs);
    const axis = isLast ? tensor.shape.length - 1 : 0;
    const inner = values.length / elementCount(tensor.shape.slice(1, -1)) / outputs.length;
    const shape = tensor.shape.map((extent, at) => {
      if (at === axis) return outputs.length;
      return !isLast && at === tensor.shape.length - 1 ? inner : extent;
    });
    return { ...tensor, shape, data: new Uint8Array(values.buffer), ...quantizedLike(tensor, outputs) };
  }

  /** Depthwise weights [tap, O]. */
  private lastKept(op: FixedLayer, outputs: readonly number[]): Int8Array {
    const taps = tapsOf(op, this.graph);
    return Int8Array.from({ length: taps.count * outputs.length }, (_, i) =>
      taps.weightOf(outputs[i % outputs.length] ?? 0, Math.floor(i / outputs.length)),
    );
  }

  /** Weights [O, tap]. */
  private rowsKept(op: FixedLayer, outputs: readonly number[]): Int8Array {
    const taps = tapsOf(op, this.graph);
    const kept = this.tapsWhere(op, true);
    return Int8Array.from(outputs.flatMap((output) => kept.map((tap) => taps.weightOf(output, tap))));
  }

  /** The taps of a layer that is not depthwise, those that read a channel that stays or the others. */
  private tapsWhere(op: FixedLayer, stays: boolean): readonly number[] {
    const taps = tapsOf(op, this.graph);
    const inputs = this.kept.get(op.input);
    if (!inputs) return stays ? all(taps.count) : [];
    const kept = new Set(inputs);
    return all(taps.count).filter((tap) => kept.has(taps.channelOf(0, tap)) === stays);
  }

  /** What the channels that go added to every accumulator is in the bias; an Int32Array wraps as the accumulator does. */
  private bias(op: FixedLayer): Constant | undefined {
    const outputs = this.outputsOf(op);
    const given = op.bias === undefined ? undefined : storedBiases(this.graph, op.bias);
    const folded = this.folded(op);
    if (!given && folded.every((sum) => sum === 0)) return undefined;
    const values = Int32Array.from(outputs, (output) => (given?.[output] ?? 0) + (folded[output] ?? 0));
    const data = new Uint8Array(4 * values.length);
    const view = new DataView(data.buffer);
    values.forEach((value, i) => view.setInt32(4 * i, value, true));
    const known = op.bias === undefined ? undefined : tensorOf(this.graph, op.bias);
    return {
      name: known?.name ?? `${op.name}.bias`,
      type: 'int32',
      role: 'constant',
      shape: [outputs.length],
      data,
      ...(known && quantizedLike(known, outputs)),
    };
  }

  /** For each output channel, the sum of what the input channels that go add to it. A depthwise channel goes with the one it reads. */
  private folded(op: FixedLayer): readonly number[] {
    if (op.kind === 'depthwiseConv2d') return [];
    const taps = tapsOf(op, this.graph);
    const { zeroPoint } = perTensor(tensorOf(this.graph, op.input));
    const addends = this.tapsWhere(op, false).map((tap) => {
      const value = this.ranges.constantOf(op.input, taps.channelOf(0, tap));
      invariant(value !== undefined, `${op.name} reads a channel that goes and is no constant`);
      return { tap, by: value - zeroPoint };
    });
    return all(taps.outputs).map((output) =>
      addends.reduce((sum, { tap, by }) => sum + taps.weightOf(output, tap) * by, 0),
    );
  }

  private outputsOf(op: FixedLayer): readonly number[] {
    return this.kept.get(op.output) ?? all(channelsOf(this.graph, op.output));
  }
}
