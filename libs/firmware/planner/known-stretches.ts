/**
 * What stretches of operators need that run row by row, kept for other graphs that have the same stretch: the training steps of two
 * schemes differ in a few saved inputs, and share most of their forward half.
 *
 * What a walk (row-walk.ts) comes to follows from the rules of the stretch's operators, the bytes of what they read and write, and who
 * else reads and writes that, by distance. Each operator of a graph gets that as a text, its key; a stretch is the same where its
 * operators' keys are the same, one after the other.
 */
import { ruleOf, tensorOf } from '#libs/model/ir';
import { at } from '#libs/base/result';
import type { Cell, RowNetwork } from './row-network';
import { isMap } from './rows';
import { rowScratchBytes } from './scratch';

/** Of a stretch that runs row by row. */
export interface Walked {
  /** Of its most expensive call, without what lives through the stretch untouched. */
  readonly bytes: number;
  readonly calls: number;
}

/** Where the operators so far lead. */
class Place {
  walked: Walked | undefined;
  private readonly further = new Map<string, Place>();

  /** Where one operator more leads. */
  next(key: string): Place {
    const known = this.further.get(key);
    if (known) return known;
    const place = new Place();
    this.further.set(key, place);
    return place;
  }
}

export class KnownStretches {
  private readonly root = new Place();

  /** Before the first operator of a stretch. */
  begin(): Place {
    return this.root;
  }
}

/** A run of operators, each of which could run row by row: no stretch goes beyond it. */
interface Run {
  readonly from: number;
  readonly to: number;
}

function runsOf({ order, rules }: RowNetwork): readonly Run[] {
  const runs: { from: number; to: number }[] = [];
  order.forEach((op, position) => {
    const last = runs.at(-1);
    if (!rules[op]) return;
    if (last?.to === position) last.to = position + 1;
    else runs.push({ from: position, to: position + 1 });
  });
  return runs;
}

/** Positions as distances, as far as a stretch of the run can see: what is before the run, or behind it, is one and the same. */
const seenFrom = (position: number, { from, to }: Run, other: number): string =>
  other < from ? 'before' : other >= to ? 'behind' : String(other - position);

function cellKey(network: RowNetwork, run: Run, position: number, cell: Cell): readonly unknown[] {
  const [id] = cell.tensors;
  const isMapAlone = id !== undefined && cell.tensors.length === 1 && isMap(network.graph, id);
  const seen = (other: number): string => seenFrom(position, run, other);
  return [cell.bytes, isMapAlone, cell.isOutput, cell.isRead, seen(cell.writer), ...cell.readers.map(seen)];
}

/**
 * By position, the key of an operator; undefined where it runs whole.
 * @returns undefined for networks whose inputs come row by row: what is read before a stretch hangs on more than its operators
 */
export function stretchKeys(network: RowNetwork): readonly (string | undefined)[] | undefined {
  if (network.cells.some(({ isRead }) => isRead)) return undefined;
  const keys: (string | undefined)[] = network.order.map(() => undefined);
  for (const run of runsOf(network)) {
    // Cells are told apart by the order in which the run touches them.
    const numbers = new Map<number, number>();
    for (let position = run.from; position < run.to; position++)
      keys[position] = operatorKey(network, run, position, numbers);
  }
  return keys;
}

function operatorKey(
  network: RowNetwork,
  run: Run,
  position: number,
  numbers: Map<number, number>,
): string | undefined {
  const { graph, cells, cellOf, rowBytes, kernels } = network;
  const index = at(network.order, position);
  const op = at(graph.ops, index);
  const rule = network.rules[index];
  if (!rule) return undefined;
  const { reads, output, mask, calls, reduces, elementwise, copiesRows } = rule;
  const touched = [...reads.map(({ tensor }) => tensor), output, ...(mask === undefined ? [] : [mask])];
  const before = numbers.size;
  for (const id of touched) {
    const cell = cellOf.get(id);
    if (cell !== undefined && !numbers.has(cell)) numbers.set(cell, numbers.size);
  }
  const tensors = touched.map((id) => {
    const cell = cellOf.get(id);
    const number = cell === undefined ? undefined : numbers.get(cell);
    if (cell === undefined || number === undefined) return [at(rowBytes, id)];
    // Counted back from the newest, so that the same stretch further back is the same.
    return [at(rowBytes, id), numbers.size - number, ...cellKey(network, run, position, at(cells, cell))];
  });
  return JSON.stringify([
    op.kind,
    calls,
    reduces,
    elementwise,
    copiesRows,
    mask !== undefined,
    reads.map(({ needed, released }) => [needed, released]),
    tensors,
    numbers.size - before,
    rowScratchBytes(op, graph, reduces, kernels),
    op.kind === 'depthwiseConv2d' ? [op.window.stride.height, op.window.padding.top] : [],
    tensorOf(graph, output).shape[1],
    ruleOf(op).inputs(op).length,
  ]);
}
