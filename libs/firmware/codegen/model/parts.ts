/** A schedule as generated code runs it: whole calls one by one, and stretches of calls that are one loop. */
import { type Call, isRead, type Rows, rowLayoutOf, type Schedule } from '#libs/firmware/planner';
import type { Graph, TensorId } from '#libs/model/ir';

/** One call; `time` is its number in the schedule. */
export interface WholePart {
  readonly unit: 'whole';
  readonly call: Call;
  readonly time: number;
}

/** What runs row by row in a loop: an operator, or the reading of an input. Row `n` is its n-th call. */
export type Lane =
  { readonly op: number; readonly rows: number } | { readonly tensor: TensorId; readonly rows: number };

export interface RowPart {
  readonly unit: 'row';
  /** Calls [from, to) of the schedule. */
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly Lane[];
  /** Which lane each call belongs to. */
  readonly order: readonly number[];
}

/** What runs a few channels at a time in a loop. */
export interface ChannelPart {
  readonly unit: 'channel';
  /** Calls [from, to) of the schedule. */
  readonly from: number;
  readonly to: number;
  /** Of all gradients that pass through. */
  readonly channels: number;
  /** How many of them go together. */
  readonly together: number;
  /** Operators in the order of the loop, and those of them whose sums begin before it and end after it. */
  readonly ops: readonly number[];
  readonly sums: readonly number[];
}

export type Part = WholePart | RowPart | ChannelPart;

const keyOf = (call: Call): string => (isRead(call) ? `read ${call.tensor}` : `op ${call.op}`);

const isWholeRead = (graph: Graph, call: Call): boolean =>
  isRead(call) &&
  call.rows.from === 0 &&
  call.rows.to === rowLayoutOf(graph, call.tensor).height &&
  call.rows.to > 1;

/** Calls [from, to) as a loop: lanes that read come first, then operators in the order of the segment. */
function rowPart(calls: readonly Call[], ops: readonly number[], from: number, to: number): RowPart {
  const own = calls.slice(from, to);
  const counts = new Map<string, number>();
  for (const call of own) counts.set(keyOf(call), (counts.get(keyOf(call)) ?? 0) + 1);
  const tensors = [...new Set(own.flatMap((call) => (isRead(call) ? call.tensor : [])))];
  const lanes: readonly Lane[] = [
    ...tensors.map((tensor) => ({ tensor, rows: counts.get(`read ${tensor}`) ?? 0 })),
    ...ops.map((op) => ({ op, rows: counts.get(`op ${op}`) ?? 0 })),
  ];
  const keys = lanes.map((lane) => ('op' in lane ? `op ${lane.op}` : `read ${lane.tensor}`));
  return { unit: 'row', from, to, lanes, order: own.map((call) => keys.indexOf(keyOf(call))) };
}

/** A segment of calls [from, to) that runs by channels; what runs whole in it stands before and after its loop. */
function channelParts(calls: readonly Call[], from: number, to: number): readonly Part[] {
  const isPart = (call: Call): boolean => !isRead(call) && (call.channels ?? call.stage) !== undefined;
  const own = calls.slice(from, to);
  const [first, last] = [own.findIndex(isPart), own.findLastIndex(isPart)];
  const whole = (begin: number, end: number): readonly Part[] =>
    calls.slice(begin, end).map((call, index) => ({ unit: 'whole', call, time: begin + index }));
  const loop = own.slice(first, last + 1).flatMap((call) => (isRead(call) ? [] : call));
  const [group] = loop.flatMap(({ channels }) => channels ?? []);
  const part: ChannelPart = {
    unit: 'channel',
    from: from + first,
    to: from + last + 1,
    channels: Math.max(...loop.map(({ channels }) => channels?.to ?? 0)),
    together: group?.to ?? 0,
    ops: loop.flatMap(({ op, channels }) => (channels?.from === 0 ? op : [])),
    sums: loop.flatMap(({ op, stage }) => (stage === 'begin' ? op : [])),
  };
  return [...whole(from, from + first), part, ...whole(part.to, to)];
}

/** The schedule from its first call to its last. Inputs that a segment of rows reads whole come before its loop. */
export function partsOf(graph: Graph, { calls, segments }: Schedule): readonly Part[] {
  let from = 0;
  return segments.flatMap(({ ops, unit }): readonly Part[] => {
    const own = new Set(ops);
    const end = 1 + calls.findLastIndex((call) => !isRead(call) && own.has(call.op));
    if (unit === 'channel') {
      const start = from;
      from = end;
      return channelParts(calls, start, end);
    }
    const streamed = calls.findIndex(
      (call, time) => time >= from && unit === 'row' && !isWholeRead(graph, call),
    );
    const loop = streamed < 0 ? end : Math.min(streamed, end);
    const whole = calls
      .slice(from, loop)
      .map((call, index): Part => ({ unit: 'whole', call, time: from + index }));
    from = Math.max(from, end);
    return loop < end ? [...whole, rowPart(calls, ops, loop, end)] : whole;
  });
}

/** The calls that a loop over channels makes. */
export function loopCalls({ channels, together, ops, sums }: ChannelPart): readonly Call[] {
  const groups = Array.from({ length: Math.ceil(channels / together) }, (_, group) => group * together);
  return [
    ...sums.map((op) => ({ op, stage: 'begin' as const })),
    ...groups.flatMap((from) =>
      ops.map((op) => ({ op, channels: { from, to: Math.min(from + together, channels) } })),
    ),
    ...sums.map((op) => ({ op, stage: 'finish' as const })),
  ];
}

const isNext = (rows: Rows | undefined, row: number): boolean => rows?.from === row && rows.to === row + 1;

const keyOfPart = (call: Call): string => {
  if (isRead(call)) return keyOf(call);
  return [keyOf(call), call.stage, call.channels?.from, call.channels?.to].join();
};

const isDeepEqual = (a: readonly Call[], b: readonly Call[]): boolean =>
  a.length === b.length && a.map(keyOfPart).join(';') === b.map(keyOfPart).join(';');

/** What loops cannot do: bands of several rows, rows or channels out of order. */
export function partFaults(graph: Graph, schedule: Schedule): readonly string[] {
  return partsOf(graph, schedule).flatMap((part) => {
    if (part.unit === 'whole') {
      const { call } = part;
      const isWhole = isRead(call)
        ? isWholeRead(graph, call) || call.rows.to === 1
        : (call.rows ?? call.channels ?? call.stage) === undefined;
      return isWhole ? [] : [`call ${part.time} of the plan is a part of an operator that runs whole`];
    }
    if (part.unit === 'channel') {
      const isLoop = isDeepEqual(schedule.calls.slice(part.from, part.to), loopCalls(part));
      return isLoop ? [] : [`calls ${part.from}..${part.to - 1} of the plan are no loop over channels`];
    }
    const done = part.lanes.map(() => 0);
    return part.order.flatMap((lane, index) => {
      const row = done[lane] ?? 0;
      done[lane] = row + 1;
      const rows = schedule.calls[part.from + index]?.rows;
      return isNext(rows, row) ? [] : [`call ${part.from + index} of the plan is not row ${row}`];
    });
  });
}
