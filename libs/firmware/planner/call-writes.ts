/**
 * What each call of a plan may change, for programs that watch the arena while they run (firmware-templates/host): its outputs, its
 * scratch, the trained copies that it updates. Whole bytes; of a call of some rows or channels, theirs alone.
 */
import {
  elementCount,
  type Graph,
  type Op,
  ruleOf,
  type SaveInput,
  tensorBytes,
  type TensorId,
  tensorOf,
} from '#libs/model/ir';
import { convolutionKernel, elementsOf, extentOf, layerOf } from './kernels';
import { type Plan, type PlannedBuffer, rowOffset, scratchOf } from './plan';
import { planeLayoutOf } from './plane-layout';
import { rowLayoutOf } from './rows';
import { callCounts, type Channels, isRead, type OpCall, type Rows } from './schedule';
import { channelScratchBytes } from './scratch';

/** Bytes [from, to) of the arena. */
export type ByteRange = readonly [from: number, to: number];

/** What one call may change. */
export interface CallWrites {
  /** Of its operator, or of the input whose rows it reads. */
  readonly name: string;
  /** Ascending, apart from each other. */
  readonly ranges: readonly ByteRange[];
}

const INT32 = 4;

const piece = (from: number, bytes: number): ByteRange => [from, from + bytes];

/** Ascending, what overlaps or touches as one. */
function merged(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const apart: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = apart.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else if (to > from) apart.push([from, to]);
  }
  return apart;
}

class Writes {
  private readonly buffers: ReadonlyMap<TensorId, PlannedBuffer>;
  private readonly counts: ReadonlyMap<number, number>;

  constructor(
    private readonly graph: Graph,
    private readonly plan: Plan,
  ) {
    this.buffers = new Map(
      plan.buffers.flatMap((buffer) => buffer.tensors.map((id) => [id, buffer] as const)),
    );
    this.counts = callCounts(plan.schedule);
  }

  all(): readonly CallWrites[] {
    return this.plan.schedule.calls.map((call, time) => {
      if (isRead(call))
        return {
          name: tensorOf(this.graph, call.tensor).name,
          ranges: merged(this.rowsOf(call.tensor, call.rows)),
        };
      const op = this.graph.ops[call.op] as Op;
      return {
        name: op.name,
        ranges: merged([...this.scratch(op, call, time), ...this.results(op, call)]),
      };
    });
  }

  /** Sums that begin need none yet. */
  private scratch(op: Op, call: OpCall, time: number): readonly ByteRange[] {
    const isTaken = !call.stage || channelScratchBytes(op, this.graph, call, this.plan.kernels) > 0;
    const buffer = isTaken ? scratchOf(this.plan, time) : undefined;
    return buffer ? [piece(buffer.offset, buffer.bytes)] : [];
  }

  private results(op: Op, call: OpCall): readonly ByteRange[] {
    if (op.kind === 'reshape') return [];
    if (op.kind === 'inputGradient' && op.accumulation === 'running')
      return [...this.sums(op.output), ...(call.stage === 'finish' ? this.takenBack(call) : [])];
    const outputs = ruleOf(op).outputs(op);
    if (outputs.length === 0) return this.updated(op, call.channels);
    return outputs.flatMap((id) => this.output(op, id, call));
  }

  /** Sums of int32 lie where their gradient will. */
  private sums(id: TensorId): readonly ByteRange[] {
    const { shape } = tensorOf(this.graph, id);
    return this.from(id, Math.max(this.bytesOf(id), INT32 * elementCount(shape)));
  }

  /** What lay in spare bits of sums comes back to its place. */
  private takenBack({ op }: OpCall): readonly ByteRange[] {
    const own = (this.plan.stowages ?? []).filter((stowage) => stowage.op === op);
    return own.flatMap(({ tensor, bytes }) => this.from(tensor, bytes));
  }

  private updated(op: Op, channels: Channels | undefined): readonly ByteRange[] {
    const trained = ruleOf(op)
      .inputs(op)
      .filter((id) => tensorOf(this.graph, id).role === 'variable');
    return trained.flatMap((id) =>
      channels ? this.updatedChannels(op, id, channels) : this.from(id, this.bytesOf(id)),
    );
  }

  /** Trained copies lie channel by channel; there may be fewer than the layer has. */
  private updatedChannels(op: Op, id: TensorId, { from, to }: Channels): readonly ByteRange[] {
    const isDepthwise =
      op.kind === 'weightUpdate' && convolutionKernel(layerOf(op, this.graph), this.graph) === 'depthwise';
    const count = tensorOf(this.graph, id).shape.at(isDepthwise ? -1 : 0) ?? 1;
    const each = this.bytesOf(id) / count;
    return this.from(id, Math.max(0, Math.min(to, count) - from) * each, from * each);
  }

  private output(op: Op, id: TensorId, { op: index, rows, channels }: OpCall): readonly ByteRange[] {
    if (channels) return this.planesOf(id, channels);
    if (!rows) return this.rowsOf(id);
    if (tensorOf(this.graph, id).type === 'mask') return this.maskOf(op, id, rows);
    if (op.kind === 'saveInput') return this.savedOf(op, rows);
    const isReduced =
      op.kind === 'averagePool2d' && extentOf(this.graph, id, 1) === 1 && (this.counts.get(index) ?? 0) > 1;
    if (!isReduced) return this.rowsOf(id, rows);
    return rows.to === extentOf(this.graph, op.input, 1) ? this.rowsOf(id) : [];
  }

  /** Rows of a map, wherever they lie; whole without. */
  private rowsOf(id: TensorId, rows?: Rows): readonly ByteRange[] {
    const buffer = this.buffers.get(id);
    if (!buffer) return [];
    const { height, rowBytes } = rowLayoutOf(this.graph, id);
    const { from, to } = rows ?? { from: 0, to: height };
    if (!buffer.ring) return [piece(buffer.offset + from * rowBytes, (to - from) * rowBytes)];
    return Array.from({ length: to - from }, (_, i) =>
      piece(rowOffset(buffer, from + i, rowBytes), rowBytes),
    );
  }

  /** Each call of a sum fills bytes of its own; others fill the mask at their first row and clear bits in it. */
  private maskOf(op: Op, id: TensorId, { from, to }: Rows): readonly ByteRange[] {
    if (op.kind !== 'add' && from === 0) return this.from(id, this.bytesOf(id));
    const output = ruleOf(op).outputs(op)[0] as TensorId;
    const perRow = elementsOf(this.graph, output) / extentOf(this.graph, output, 1);
    const [first, end] = [Math.floor((from * perRow) / 8), Math.ceil((to * perRow) / 8)];
    return this.from(id, end - first, first);
  }

  /** The pixels of the rows, in every plane. */
  private savedOf({ input, output }: SaveInput, { from, to }: Rows): readonly ByteRange[] {
    const width = extentOf(this.graph, input, 2);
    const [planes, pixels] = [extentOf(this.graph, output, 0), extentOf(this.graph, output, 1)];
    return Array.from({ length: planes }, (_, plane) => plane * pixels + from * width).flatMap((first) =>
      this.from(output, (to - from) * width, first),
    );
  }

  /** Planes of some channels, each with its exponent; where only some are kept, those places of the buffer. */
  private planesOf(id: TensorId, { from, to }: Channels): readonly ByteRange[] {
    const buffer = this.buffers.get(id);
    if (!buffer) return [];
    const kept = buffer.planes;
    const layout = planeLayoutOf(this.graph, id, kept);
    return Array.from({ length: to - from }, (_, i) => (kept ? (from + i) % kept : from + i)).flatMap(
      (channel) =>
        [layout.plane(channel), layout.exponent(channel)].map(([first, bytes]) =>
          piece(buffer.offset + first, bytes),
        ),
    );
  }

  private from(id: TensorId, bytes: number, first = 0): readonly ByteRange[] {
    const buffer = this.buffers.get(id);
    return buffer ? [piece(buffer.offset + first, bytes)] : [];
  }

  private bytesOf(id: TensorId): number {
    return tensorBytes(tensorOf(this.graph, id));
  }
}

/** One entry for every call of the plan's schedule, in its order. */
export const callWrites = (graph: Graph, plan: Plan): readonly CallWrites[] => new Writes(graph, plan).all();
