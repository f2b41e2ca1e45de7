import { type Graph, type TensorId } from '#libs/model/ir';
import {
  type Call,
  isRead,
  type Plan,
  type PlannedBuffer,
  rowLayoutOf,
  rowOffset,
  type Rows,
} from '#libs/firmware/planner';
import { RowsTouched } from './rows-touched';

/** Bytes [begin, end) of the arena that hold rows of one tensor during calls first to last, both included. */
export interface Life {
  readonly buffer: PlannedBuffer;
  /** Absent for scratch. */
  readonly tensor?: TensorId;
  readonly begin: number;
  readonly end: number;
  readonly first: number;
  readonly last: number;
}

/** First and last call that touch each row; rows that none touches are absent. */
type Touches = (readonly [number, number] | undefined)[];

class Touched {
  private readonly of = new Map<TensorId, Touches>();

  add(tensor: TensorId, { from, to }: Rows, time: number): void {
    const rows = this.of.get(tensor) ?? [];
    for (let y = from; y < to; y++) rows[y] = [rows[y]?.[0] ?? time, time];
    this.of.set(tensor, rows);
  }

  rows(tensor: TensorId, height: number): Touches {
    const rows = this.of.get(tensor) ?? [];
    return Array.from({ length: height }, (_, y) => rows[y]);
  }
}

function touchedBy(graph: Graph, { schedule }: Plan): Touched {
  const rows = new RowsTouched(graph, { schedule });
  const touched = new Touched();
  schedule.calls.forEach((call, time) => {
    if (isRead(call)) return touched.add(call.tensor, call.rows, time);
    for (const [tensor, read] of rows.read(call)) touched.add(tensor, read, time);
    for (const [tensor, written] of rows.written(call)) touched.add(tensor, written, time);
  });
  return touched;
}

/** Neighbours in the arena that live equally long are one. */
function merged(lives: readonly Life[]): readonly Life[] {
  const all: Life[] = [];
  for (const life of lives) {
    const before = all.at(-1);
    const follows = before?.end === life.begin && before.first === life.first && before.last === life.last;
    if (before && follows) all[all.length - 1] = { ...before, end: life.end };
    else all.push(life);
  }
  return all;
}

/** Sums that lie where a gradient will, and behind it. */
function sumsIn(graph: Graph, { schedule }: Plan, buffer: PlannedBuffer, tensor: TensorId): readonly Life[] {
  const op = graph.ops.findIndex(
    (each) => each.kind === 'inputGradient' && each.accumulation === 'running' && each.output === tensor,
  );
  if (op < 0) return [];
  const isOwn = (call: Call): boolean => !isRead(call) && call.op === op;
  const begin = buffer.offset + rowLayoutOf(graph, tensor).rowBytes;
  const end = buffer.offset + buffer.bytes;
  const [first, last] = [schedule.calls.findIndex(isOwn), schedule.calls.findLastIndex(isOwn)];
  return begin < end ? [{ buffer, tensor, begin, end, first, last }] : [];
}

/** What lies where in the arena, and how long: row by row where rows come and go on their own. */
export function livesOf(graph: Graph, plan: Plan): readonly Life[] {
  const touched = touchedBy(graph, plan);
  const end = plan.schedule.calls.length - 1;
  return plan.buffers.flatMap((buffer): readonly Life[] => {
    const { offset, bytes, first, last, kind } = buffer;
    if (kind !== 'activation') return [{ buffer, begin: offset, end: offset + bytes, first, last }];
    return buffer.tensors.flatMap((tensor) => {
      const { height, rowBytes } = rowLayoutOf(graph, tensor);
      const isInput =
        graph.inputs.includes(tensor) && !plan.schedule.calls.some((c) => isRead(c) && c.tensor === tensor);
      const isOutput = graph.outputs.includes(tensor);
      const lives = touched.rows(tensor, height).flatMap((touches, y): readonly Life[] => {
        if (!touches) return [];
        const begin = rowOffset(buffer, y, rowBytes);
        const taken = buffer.planes === undefined ? rowBytes : buffer.bytes;
        const [from, to] = [isInput ? 0 : touches[0], isOutput ? end : touches[1]];
        return [{ buffer, tensor, begin, end: begin + taken, first: from, last: to }];
      });
      return [...merged(lives), ...sumsIn(graph, plan, buffer, tensor)];
    });
  });
}
