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

export type Part = WholePart | RowPart;

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

/** The schedule from its first call to its last. Inputs that a segment of rows reads whole come before its loop. */
export function partsOf(graph: Graph, { calls, segments }: Schedule): readonly Part[] {
  let from = 0;
  return segments.flatMap(({ ops, unit }): readonly Part[] => {
    const own = new Set(ops);
    const end = 1 + calls.findLastIndex((call) => !isRead(call) && own.has(call.op));
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

const isNext = (rows: Rows | undefined, row: number): boolean => rows?.from === row && rows.to === row + 1;

/** What loops cannot do: bands of several rows, rows out of order. */
export function partFaults(graph: Graph, schedule: Schedule): readonly string[] {
  return partsOf(graph, schedule).flatMap((part) => {
    if (part.unit === 'whole') {
      const { call } = part;
      const isWhole = isRead(call) ? isWholeRead(graph, call) || call.rows.to === 1 : call.rows === undefined;
      return isWhole ? [] : [`call ${part.time} of the plan is a part of an operator that runs whole`];
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
