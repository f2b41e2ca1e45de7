import { type Graph, type TensorId } from '#libs/model/ir';

/** Rows [from, to). */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

/** Channels [from, to). */
export interface Channels {
  readonly from: number;
  readonly to: number;
}

/**
 * One kernel call: which operator of `graph.ops` runs, over its whole maps or over some rows of its output (of its input,
 * where it reduces all rows to one: see row-rules.ts), or over some channels of a gradient (channel-rules.ts).
 */
export interface OpCall {
  readonly kind?: undefined;
  readonly op: number;
  readonly rows?: Rows;
  readonly channels?: Channels;
  /** Of a running input gradient that goes by channels: its sums are zeroed before, and become its output after them. */
  readonly stage?: 'begin' | 'finish';
}

/** Rows of an input of the graph come from the caller; in ascending order, once. */
export interface ReadCall {
  readonly kind: 'read';
  readonly tensor: TensorId;
  readonly rows: Rows;
}

export type Call = OpCall | ReadCall;

/**
 * Operators that run whole, one after the other, or together: a row of one as soon as the next needs it; or, of the backward
 * half, a few channels of one after the same of another.
 */
export interface Segment {
  /** Of `graph.ops`, in the order in which they first run or depend on each other. */
  readonly ops: readonly number[];
  readonly unit: 'layer' | 'row' | 'channel';
}

/**
 * In which order kernels are called. A value beside the graph, so that one graph can be run in several ways.
 * The calls of a segment are contiguous: first those of `segments[0]`, reads of its inputs among them, then the next.
 */
export interface Schedule {
  readonly calls: readonly Call[];
  readonly segments: readonly Segment[];
}

export const isRead = (call: Call): call is ReadCall => call.kind === 'read';

/** Operators once each, whole maps, in that order. */
export const wholeMaps = (ops: readonly number[]): Schedule => ({
  calls: ops.map((op) => ({ op })),
  segments: [{ ops, unit: 'layer' }],
});

/** Every operator once, whole maps, in graph order. */
export const layerwise = (graph: Graph): Schedule => wholeMaps(graph.ops.map((_, op) => op));

/** The inputs of the graph that come row by row. */
export const inputsRead = ({ calls }: Schedule): ReadonlySet<TensorId> =>
  new Set(calls.flatMap((call) => (isRead(call) ? call.tensor : [])));

/** The calls of every segment; reads before its first operator belong to it. */
export function callsOfSegments({ calls, segments }: Schedule): readonly (readonly Call[])[] {
  let end = 0;
  return segments.map(({ ops }) => {
    const own = new Set(ops);
    const start = end;
    for (let next = start; next < calls.length; next++) {
      const call = calls[next];
      if (!call || isRead(call)) continue;
      if (!own.has(call.op)) break;
      end = next + 1;
    }
    return calls.slice(start, end);
  });
}

/** How often each operator is called. */
export function callCounts({ calls }: Schedule): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const call of calls) if (!isRead(call)) counts.set(call.op, (counts.get(call.op) ?? 0) + 1);
  return counts;
}
