import { at, invariant } from '#libs/base/result';
import { ruleOf, type TensorId } from '#libs/model/ir';
import { isInside, type RowNetwork } from './row-network';
import type { RowRule } from './row-rules';
import { rowLayoutOf } from './rows';
import type { Call, Segment } from './schedule';

/** Positions [from, to) in the order of the network. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export const isWithin =
  ({ from, to }: Stretch) =>
  (position: number): boolean =>
    from <= position && position < to;

/** Inputs that are read at the beginning of a segment, whole: it reads them first, and does not stream them. */
export function wholeReads(network: RowNetwork, stretch: Stretch, unit: Segment['unit']): readonly Call[] {
  const isOwn = isWithin(stretch);
  return network.cells.flatMap((cell): readonly Call[] => {
    if (!cell.isRead || !isOwn(Math.min(...cell.readers))) return [];
    if (unit === 'row' && isInside(network, cell, isOwn)) return [];
    const tensor = network.graph.inputs.find((id) => cell.tensors.includes(id));
    invariant(tensor !== undefined, 'a cell that is read holds an input');
    return [{ kind: 'read', tensor, rows: { from: 0, to: rowLayoutOf(network.graph, tensor).height } }];
  });
}

/**
 * The calls of a segment that runs row by row: an operator computes a row when another needs it, and nothing twice.
 * The last operator asks for all of its rows, then every other for what nobody asked for.
 */
class Demand {
  readonly calls: Call[] = [];
  private readonly done = new Map<number, number>();
  private readonly rowsRead = new Map<TensorId, number>();
  private readonly producers: ReadonlyMap<TensorId, number>;
  private readonly comeByRows: ReadonlySet<TensorId>;

  constructor(
    private readonly network: RowNetwork,
    stretch: Stretch,
  ) {
    const { graph, order, cells } = network;
    const ops = order.slice(stretch.from, stretch.to);
    this.producers = new Map(
      ops.flatMap((op) => {
        const each = at(graph.ops, op);
        return ruleOf(each)
          .outputs(each)
          .map((id) => [id, op] as const);
      }),
    );
    const isOwn = isWithin(stretch);
    this.comeByRows = new Set(
      cells.flatMap((cell) => (cell.isRead && isInside(network, cell, isOwn) ? cell.tensors : [])),
    );
    this.calls.push(...wholeReads(network, stretch, 'row'));
    for (const op of ops.toReversed().slice(0, 1)) this.ensure(op, Infinity);
    for (const op of ops) this.ensure(op, Infinity);
  }

  private ruleOf(op: number): RowRule {
    const rule = this.network.rules[op];
    invariant(rule, `operator ${op} runs row by row`);
    return rule;
  }

  private ensure(op: number, rows: number): void {
    const rule = this.ruleOf(op);
    const most = rule.reduces ? rule.calls : Math.min(rows, rule.calls);
    for (let row = this.done.get(op) ?? 0; row < most; row++) {
      for (const { tensor, needed } of rule.reads) {
        const producer = this.producers.get(tensor);
        if (producer !== undefined) this.ensure(producer, at(needed, row));
        else if (this.comeByRows.has(tensor)) this.read(tensor, at(needed, row));
      }
      this.calls.push({ op, rows: { from: row, to: row + 1 } });
      this.done.set(op, row + 1);
    }
  }

  private read(tensor: TensorId, rows: number): void {
    for (let row = this.rowsRead.get(tensor) ?? 0; row < rows; row++) {
      this.calls.push({ kind: 'read', tensor, rows: { from: row, to: row + 1 } });
      this.rowsRead.set(tensor, row + 1);
    }
  }
}

export const rowCalls = (network: RowNetwork, stretch: Stretch): readonly Call[] =>
  new Demand(network, stretch).calls;
