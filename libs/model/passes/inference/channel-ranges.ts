import { type Graph, perTensor, type TensorId, tensorOf } from '#libs/model/ir';
import {
  activationRange,
  multiplyByQuantizedMultiplier,
  requantConstants,
  storedBiases,
} from '#libs/model/quant';
import { isFixedLayer, type FixedLayer, isPadded, tapsOf } from './layer-taps';

/** Integers from `low` to `high`, both inside. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

const INT8: Range = { low: -128, high: 127 };
const INT32: Range = { low: -(2 ** 31), high: 2 ** 31 - 1 };

/** The range, or where it leaves int32, and so wraps, any int32. */
const wrapped = (range: Range): Range => (range.low < INT32.low || range.high > INT32.high ? INT32 : range);

/** What each channel of a tensor can hold, whatever the inputs of the graph are. */
export class ChannelRanges {
  private readonly known = new Map<TensorId, readonly Range[]>();

  constructor(private readonly graph: Graph) {
    for (const op of graph.ops) {
      if (isFixedLayer(op, graph)) this.known.set(op.output, this.outputs(op));
    }
  }

  of(id: TensorId, channel: number): Range {
    return this.known.get(id)?.[channel] ?? INT8;
  }

  /** The one value that a channel always has. */
  constantOf(id: TensorId, channel: number): number | undefined {
    const { low, high } = this.of(id, channel);
    return low === high ? low : undefined;
  }

  /** Requantisation never falls where the accumulator grows (NUMERICS N2), so both ends tell the range. */
  private outputs(op: FixedLayer): readonly Range[] {
    const { multipliers, shifts } = requantConstants(this.graph, op);
    const output = perTensor(tensorOf(this.graph, op.output));
    const clamp = activationRange(op.activation, output);
    return this.accumulators(op).map((accumulator, channel) => {
      const shift = shifts[channel] ?? 0;
      const left = 2 ** Math.max(0, shift);
      const shifted = wrapped({ low: accumulator.low * left, high: accumulator.high * left });
      const stored = (end: number): number => {
        const scaled = multiplyByQuantizedMultiplier(end, multipliers[channel] ?? 0, Math.min(0, shift));
        return Math.min(clamp.max, Math.max(clamp.min, scaled + output.zeroPoint));
      };
      return { low: stored(shifted.low), high: stored(shifted.high) };
    });
  }

  private accumulators(op: FixedLayer): readonly Range[] {
    const taps = tapsOf(op, this.graph);
    const { zeroPoint } = perTensor(tensorOf(this.graph, op.input));
    const biases = op.bias === undefined ? undefined : storedBiases(this.graph, op.bias);
    const padded = isPadded(op);
    return Array.from({ length: taps.outputs }, (_, output) => {
      let low = biases?.[output] ?? 0;
      let high = low;
      for (let tap = 0; tap < taps.count; tap++) {
        const weight = taps.weightOf(output, tap);
        const input = taps.isByChannel ? this.of(op.input, taps.channelOf(output, tap)) : INT8;
        const [a, b] = [weight * (input.low - zeroPoint), weight * (input.high - zeroPoint)];
        low += padded ? Math.min(a, b, 0) : Math.min(a, b);
        high += padded ? Math.max(a, b, 0) : Math.max(a, b);
      }
      return wrapped({ low, high });
    });
  }
}
