/**
 * Scratch that a plan has room for anyway.
 *
 * Some kernels work on more pixels at a time where they may borrow more (`lentScratchBytes`). No plan grows for that: when everything
 * has its place, the scratch of such an operator moves to the first gap that is wide enough during all of its calls, if there is
 * one. A kernel that takes more pixels at a time reads and writes in another order; so an output that lies over its operand must
 * bear both (`bearsLending`).
 */
import { type Graph, type Op, ruleOf } from '#libs/model/ir';
import { convolutionKernel } from './kernels';
import { aligned, bufferOf, type Plan, type PlannedBuffer } from './plan';
import { isRead } from './schedule';
import { lentScratchBytes } from './scratch';
import { opAt } from './uses';

type Piece = Pick<PlannedBuffer, 'offset' | 'bytes'>;

const areApart = (a: Piece, b: Piece): boolean =>
  a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;

/**
 * Pixels of a pointwise layer are as far apart in the output as in the input, so that fours are less strict than pairs; channels of
 * a depthwise one meet only themselves.
 */
function bearsLending(op: Op, graph: Graph, plan: Plan): boolean {
  const isConvolution = op.kind === 'conv2d' || op.kind === 'depthwiseConv2d';
  if (isConvolution && convolutionKernel(op, graph) !== 'general') return true;
  const places = [...ruleOf(op).inputs(op), ...ruleOf(op).outputs(op)].map((id) => bufferOf(plan, id));
  return places.every((a, i) => places.slice(i + 1).every((b) => !a || !b || a === b || areApart(a, b)));
}

/** The first of `end` bytes from where on `bytes` are free of all that is taken. */
function gapFor(taken: readonly Piece[], bytes: number, end: number): number | undefined {
  let offset = 0;
  for (const piece of taken.toSorted((a, b) => a.offset - b.offset)) {
    if (offset + bytes <= piece.offset) return offset;
    offset = Math.max(offset, aligned(piece.offset + piece.bytes));
  }
  return offset + bytes <= end ? offset : undefined;
}

/** Scratch is taken during the calls of its operator only, but for sums that are kept from one to the next. */
const isTakenAt = (graph: Graph, plan: Plan, buffer: PlannedBuffer, time: number): boolean => {
  if (time < buffer.first || buffer.last < time) return false;
  const isKept = buffer.op !== undefined && graph.ops[buffer.op]?.kind === 'averagePool2d';
  return (
    buffer.kind !== 'scratch' || isKept || opAt(graph, plan.schedule, time) === graph.ops[buffer.op ?? -1]
  );
};

function lent(graph: Graph, plan: Plan, scratch: PlannedBuffer): PlannedBuffer {
  const op = graph.ops[scratch.op ?? -1];
  const bytes = op ? lentScratchBytes(op, graph) : 0;
  if (!op || bytes <= scratch.bytes || !bearsLending(op, graph, plan)) return scratch;
  const times = plan.schedule.calls.flatMap((call, time) =>
    !isRead(call) && call.op === scratch.op ? time : [],
  );
  const taken = plan.buffers.filter(
    (buffer) => buffer !== scratch && times.some((time) => isTakenAt(graph, plan, buffer, time)),
  );
  const offset = gapFor(taken, bytes, plan.peakBytes);
  return offset === undefined ? scratch : { ...scratch, offset, bytes };
}

/** The same plan, with more scratch where it costs nothing. */
export function withLentRoom(graph: Graph, plan: Plan): Plan {
  if (plan.kernels !== 'plain') return plan;
  const buffers = plan.buffers.map((buffer) =>
    buffer.kind === 'scratch' ? lent(graph, plan, buffer) : buffer,
  );
  return { ...plan, buffers };
}
