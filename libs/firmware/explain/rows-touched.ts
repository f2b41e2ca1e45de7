import { type Graph, type Op, ruleOf, type TensorId, tensorOf, type Window } from '#libs/model/ir';
import { resizeNearestIndices } from '#libs/model/quant';
import { extentOf, isRead, type OpCall, type Plan, type Rows, rowLayoutOf } from '#libs/firmware/planner';

const heightOf = (graph: Graph, id: TensorId): number => rowLayoutOf(graph, id).height;

/** The input rows under a window for some rows of its output; those in the padding are none. */
function under({ stride, dilation, padding }: Window, kernel: number, { from, to }: Rows): Rows {
  const last = (to - 1) * stride.height - padding.top + (kernel - 1) * dilation.height;
  return { from: from * stride.height - padding.top, to: last + 1 };
}

const clipped = ({ from, to }: Rows, height: number): Rows => ({
  from: Math.max(0, from),
  to: Math.min(height, to),
});

/** Rows of the operand that rows of the output are made of. */
function reachOf(graph: Graph, op: Op, rows: Rows): Rows {
  if (op.kind === 'conv2d' || op.kind === 'depthwiseConv2d')
    return under(op.window, extentOf(graph, op.weights, 1), rows);
  if (op.kind === 'averagePool2d' || op.kind === 'maxPool2d') return under(op.window, op.kernel.height, rows);
  if (op.kind !== 'resizeNearest') return rows;
  const met = [...resizeNearestIndices(graph, op).rows].slice(rows.from, rows.to);
  return { from: Math.min(...met), to: 1 + Math.max(...met) };
}

/** What calls of a schedule read and write. */
export class RowsTouched {
  private readonly calls = new Map<number, number>();

  constructor(
    private readonly graph: Graph,
    { schedule }: Pick<Plan, 'schedule'>,
  ) {
    for (const call of schedule.calls)
      if (!isRead(call)) this.calls.set(call.op, (this.calls.get(call.op) ?? 0) + 1);
  }

  /** Tensors that are no constants, and which of their rows the call reads. */
  read({ op: index, rows }: OpCall): readonly (readonly [TensorId, Rows])[] {
    const op = this.opAt(index);
    const operands = [...new Set(ruleOf(op).inputs(op))];
    return operands
      .filter((id) => tensorOf(this.graph, id).role !== 'constant')
      .map((id) => {
        const height = heightOf(this.graph, id);
        if (!rows) return [id, { from: 0, to: height }];
        return [id, clipped(this.addsUp(index) ? rows : reachOf(this.graph, op, rows), height)];
      });
  }

  written({ op: index, rows }: OpCall): readonly (readonly [TensorId, Rows])[] {
    const op = this.opAt(index);
    return ruleOf(op)
      .outputs(op)
      .flatMap((id) => {
        const all = { from: 0, to: heightOf(this.graph, id) };
        if (!rows) return [[id, all] as const];
        if (!this.addsUp(index)) return [[id, rows] as const];
        return rows.to === this.calls.get(index) ? [[id, all] as const] : [];
      });
  }

  /** Its calls count rows of the input, and the last one writes. */
  private addsUp(index: number): boolean {
    const op = this.opAt(index);
    const calls = this.calls.get(index) ?? 0;
    return op.kind === 'averagePool2d' && calls > heightOf(this.graph, op.output);
  }

  private opAt(index: number): Op {
    const op = this.graph.ops[index];
    if (!op) throw new Error(`${this.graph.name} has no operator ${index}`);
    return op;
  }
}
