import { at } from '#libs/base/result';
import { type Graph, ruleOf, type TensorId } from '#libs/model/ir';
import { isMap, rowLayoutOf } from './rows';
import { type RowRule, rowRuleOf } from './row-rules';
import { callCounts, inputsRead, layerwise, type Schedule } from './schedule';
import { storageOf } from './storage';
import type { KernelSet } from './scratch';

/** A piece of the arena, and who writes and reads what lies there. */
export interface Cell {
  readonly tensors: readonly TensorId[];
  readonly bytes: number;
  /** Position in `order` of the operator that writes it first; -1 for what the caller provides. */
  readonly writer: number;
  /** Positions of the operators that read it. */
  readonly readers: readonly number[];
  /** The caller reads it at the end. */
  readonly isOutput: boolean;
  /** An input of the graph that read calls fill. */
  readonly isRead: boolean;
}

/** A graph in the order in which its operators run, as far as streaming is concerned. */
export interface RowNetwork {
  readonly graph: Graph;
  readonly inputsInArena: boolean;
  readonly order: readonly number[];
  /** By index in `graph.ops`. */
  readonly rules: readonly (RowRule | undefined)[];
  readonly positions: ReadonlyMap<number, number>;
  readonly cells: readonly Cell[];
  readonly cellOf: ReadonlyMap<TensorId, number>;
  /** Bytes of a row, by tensor. */
  readonly rowBytes: readonly number[];
  readonly kernels: KernelSet;
}

export interface RowRequest {
  readonly inputsInArena: boolean;
  readonly inputRows: boolean;
  /** Does an average pool over all pixels consume its input row by row? */
  readonly reduces: (op: number) => boolean;
  readonly kernels?: KernelSet;
}

export function rowNetworkOf(graph: Graph, order: readonly number[], request: RowRequest): RowNetwork {
  const { inputsInArena, inputRows, reduces, kernels = 'plain' } = request;
  const execution = { graph, schedule: layerwise(graph), inputsInArena: inputsInArena || inputRows };
  const positions = new Map(order.map((op, position) => [op, position] as const));
  const { others } = storageOf(execution);
  const cellOf = new Map(others.flatMap(({ tensors }, cell) => tensors.map((id) => [id, cell] as const)));
  const writers = others.map(() => -1);
  const readers: number[][] = others.map(() => []);
  graph.ops.forEach((op, index) => {
    const position = positions.get(index) ?? 0;
    for (const id of ruleOf(op).inputs(op)) {
      const cell = cellOf.get(id);
      if (cell !== undefined) readers[cell]?.push(position);
    }
    for (const id of ruleOf(op).outputs(op)) {
      const cell = cellOf.get(id);
      if (cell !== undefined && writers[cell] === -1 && op.kind !== 'reshape') writers[cell] = position;
    }
  });
  const cells = others.map(({ tensors, bytes }, cell): Cell => ({
    tensors,
    bytes,
    writer: writers[cell] ?? -1,
    readers: readers[cell] ?? [],
    isOutput: graph.outputs.some((id) => tensors.includes(id)),
    isRead: inputRows && graph.inputs.some((id) => tensors.includes(id)),
  }));
  const rowBytes = graph.tensors.map(({ id }) => rowLayoutOf(graph, id).rowBytes);
  const rules = graph.ops.map((op, index) => rowRuleOf(op, graph, reduces(index)));
  return {
    graph,
    inputsInArena: inputsInArena || inputRows,
    order,
    rules,
    positions,
    cells,
    cellOf,
    rowBytes,
    kernels,
  };
}

/** The network of a schedule that exists already: there, an operator that reduces by rows is called more than once. */
export function networkOfSchedule(graph: Graph, schedule: Schedule, inputsInArena: boolean): RowNetwork {
  const order = schedule.segments.flatMap(({ ops }) => ops);
  const inputRows = inputsRead(schedule).size > 0;
  const counts = callCounts(schedule);
  const reduces = (op: number): boolean => (counts.get(op) ?? 0) > 1;
  return rowNetworkOf(graph, order, { inputsInArena, inputRows, reduces });
}

/** Written and read within one segment only: such maps are rings. */
export function isInside(network: RowNetwork, cell: Cell, isOwn: (position: number) => boolean): boolean {
  const [id] = cell.tensors;
  const isMapAlone = id !== undefined && cell.tensors.length === 1 && isMap(network.graph, id);
  const isWrittenHere = cell.isRead || isOwn(cell.writer);
  return isMapAlone && isWrittenHere && !cell.isOutput && cell.readers.every(isOwn);
}

/** Do the calls of an operator count rows of its input (row-rules.ts)? */
export function countsInputRows(graph: Graph, schedule: Schedule, op: number): boolean {
  const reduces = (callCounts(schedule).get(op) ?? 0) > 1;
  return rowRuleOf(at(graph.ops, op), graph, reduces)?.reduces ?? false;
}
