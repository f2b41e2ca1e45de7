/**
 * Is a schedule one of its graph? Every operator runs whole, once, or row by row: each row once, in ascending order, one a
 * call; or by channels (verify-updates). Inputs are read in ascending order too. The calls of a segment are contiguous, and so are segments.
 */
import { type Graph, isGradientType, ruleOf, type TensorId, tensorOf } from '#libs/model/ir';
import { rowLayoutOf } from './rows';
import { type Call, isRead, type OpCall, type Rows, type Schedule } from './schedule';
import { operandsOf } from './uses';
import { channelFaults, updateFaults } from './verify-updates';

const heightOf = (graph: Graph, id: TensorId | undefined): number =>
  id === undefined ? 1 : (tensorOf(graph, id).shape[1] ?? 1);

/** Rows from 0 on, one after the other; the first that are not. */
function nextRow(calls: readonly (Rows | undefined)[]): {
  readonly end: number;
  readonly isAscending: boolean;
} {
  let end = 0;
  for (const rows of calls) {
    if (rows?.from !== end || rows.to <= end) return { end, isAscending: false };
    end = rows.to;
  }
  return { end, isAscending: true };
}

function operatorFaults(graph: Graph, index: number, all: readonly OpCall[]): readonly string[] {
  const op = graph.ops[index];
  if (!op) return [`operator ${index} is called, which does not exist`];
  if (all.some(({ channels, stage }) => channels ?? stage)) return channelFaults(op, graph, all);
  const calls = all.map(({ rows }) => rows);
  const [first] = calls;
  if (calls.length === 1 && !first) return [];
  if (calls.length === 0 || !first) return [`${op.name} is called ${calls.length} times`];
  const { end, isAscending } = nextRow(calls);
  const outputs = heightOf(graph, ruleOf(op).outputs(op)[0]);
  // Only a pool over all pixels, and what saves an input as planes, count the rows of their input.
  const reduces = op.kind === 'averagePool2d' && outputs === 1 && calls.length > 1;
  const countsInput = reduces || op.kind === 'saveInput';
  const height = countsInput ? heightOf(graph, op.input) : outputs;
  if (!isAscending || end !== height)
    return [`${op.name} does not compute its ${height} rows one after the other`];
  return calls.some((rows) => rows && rows.to - rows.from !== 1)
    ? [`${op.name} computes several rows in a call`]
    : [];
}

function readFaults(graph: Graph, { calls }: Schedule): readonly string[] {
  const reads = Map.groupBy(calls.filter(isRead), ({ tensor }) => tensor);
  return [...reads].flatMap(([tensor, list]) => {
    const { name } = tensorOf(graph, tensor);
    if (!graph.inputs.includes(tensor)) return [`${name} is read, which is no input`];
    const { isAscending } = nextRow(list.map(({ rows }) => rows));
    return isAscending ? [] : [`the rows of ${name} are not read one after the other`];
  });
}

function segmentFaults({ calls, segments }: Schedule): readonly string[] {
  const segmentOf = new Map(segments.flatMap(({ ops }, index) => ops.map((op) => [op, index] as const)));
  const visited = calls.flatMap((call: Call) => (isRead(call) ? [] : [segmentOf.get(call.op) ?? -1]));
  const isOrdered = visited.every((segment, i) => segment >= 0 && segment >= (visited[i - 1] ?? 0));
  return isOrdered ? [] : ['the calls of a segment are not contiguous'];
}

/** Sentences about what is wrong with a schedule, whatever lies where. */
export function scheduleFaults(graph: Graph, schedule: Schedule): readonly string[] {
  const calls = new Map<number, OpCall[]>(graph.ops.map((_, op) => [op, []]));
  for (const call of schedule.calls) {
    if (!isRead(call)) calls.set(call.op, [...(calls.get(call.op) ?? []), call]);
  }
  return [
    ...[...calls].flatMap(([op, all]) => operatorFaults(graph, op, all)),
    ...readFaults(graph, schedule),
    ...segmentFaults(schedule),
    ...updateFaults(graph, schedule),
  ];
}

/** The numbers that stand for the rows of a value: row y is `firstRow` + y. */
export interface RowNames {
  readonly rows: number;
  readonly firstRow: number;
}

/** Names for the rows or channels of all that calls of some of them touch, from the number of tensors up to `end`. */
export function rowNames(
  graph: Graph,
  { calls }: Schedule,
): { readonly named: ReadonlyMap<TensorId, RowNames>; readonly end: number } {
  const named = new Map<TensorId, RowNames>();
  let end = graph.tensors.length;
  for (const call of calls) {
    const isOfSome =
      isRead(call) || ((call.rows ?? call.channels ?? call.stage) !== undefined && graph.ops[call.op]);
    for (const id of isOfSome ? operandsOf(graph, call) : []) {
      if (named.has(id)) continue;
      const { type, shape } = tensorOf(graph, id);
      const rows = isGradientType(type) ? (shape[0] ?? 1) : rowLayoutOf(graph, id).height;
      named.set(id, { rows, firstRow: end });
      end += rows;
    }
  }
  return { named, end };
}
