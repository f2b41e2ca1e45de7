import { type Graph, ruleOf, tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';
import { bufferOf, type Plan, type PlannedBuffer, type Proof } from './plan';
import { opAt } from './uses';

const right = (value: number, width: number): string => String(value).padStart(width);

const PROOFS: Record<Proof, string> = {
  bound: 'least possible: at the lower bound',
  search: 'least possible: everything smaller was searched',
  none: 'not proved to be the least possible',
};

/** Bytes taken during one call: from the arena's first byte that is taken to the next free one, all pieces together. */
function takenAt(plan: Plan, time: number): number {
  const pieces = plan.buffers
    .filter(({ first, last }) => first <= time && time <= last)
    .map(({ offset, bytes }) => ({ begin: offset, end: offset + bytes }))
    .sort((a, b) => a.begin - b.begin);
  let taken = 0;
  let end = 0;
  for (const piece of pieces) {
    taken += Math.max(0, piece.end - Math.max(end, piece.begin));
    end = Math.max(end, piece.end);
  }
  return taken;
}

function bufferLine(buffer: PlannedBuffer): string {
  const { offset, bytes, first, last, kind, name } = buffer;
  return `${right(offset, 8)} ${right(bytes, 8)}  ${right(first, 3)}..${String(last).padEnd(3)}  ${kind.padEnd(10)}  ${name}`;
}

/** What the call's output lies over, as words. */
function overlapText(graph: Graph, plan: Plan, time: number): string {
  const op = opAt(graph, plan.schedule, time);
  const pieceOf = (id: TensorId) => {
    const buffer = bufferOf(plan, id);
    return (
      buffer && {
        begin: buffer.offset,
        bytes: tensorBytes(tensorOf(graph, id)),
        name: tensorOf(graph, id).name,
      }
    );
  };
  const outputs = ruleOf(op)
    .outputs(op)
    .flatMap((id) => pieceOf(id) ?? []);
  const operands = [...new Set(ruleOf(op).inputs(op))].flatMap((id) => pieceOf(id) ?? []);
  const texts = outputs.flatMap((output) =>
    operands.flatMap((operand) => {
      const distance = output.begin - operand.begin;
      const common = Math.min(output.bytes, operand.bytes - distance) - Math.max(0, -distance);
      if (common <= 0) return [];
      const how = distance === 0 ? 'in place' : `${distance > 0 ? '+' : ''}${distance}`;
      return `${how}: ${common} bytes of ${operand.name}`;
    }),
  );
  return texts.length === 0 ? '' : ` (${texts.join('; ')})`;
}

const BAR = 40;

function callLine(graph: Graph, plan: Plan, time: number): string {
  const op = opAt(graph, plan.schedule, time);
  const taken = takenAt(plan, time);
  const bar = '#'.repeat(Math.round((BAR * taken) / plan.peakBytes)).padEnd(BAR);
  return `${right(time, 4)}  ${right(taken, 8)}  ${bar}  ${op.name} ${op.kind}${overlapText(graph, plan, time)}`;
}

/** A plan as text: every buffer by offset, then call by call the bytes taken and what the output lies over. */
export function renderPlan(graph: Graph, plan: Plan): string {
  const byOffset = [...plan.buffers].sort((a, b) => a.offset - b.offset || a.first - b.first);
  const { peakBytes, lowerBoundBytes, proof, scratchBytes, strategy } = plan;
  const ratio = (peakBytes / Math.max(1, lowerBoundBytes)).toFixed(3);
  return [
    `plan of ${plan.graph}: ${peakBytes} bytes (bound ${lowerBoundBytes}, ratio ${ratio}, by ${strategy})`,
    `${PROOFS[proof]}; largest scratch ${scratchBytes} bytes; inputs ${plan.inputsInArena ? 'in the arena' : 'outside'}`,
    '  offset    bytes   calls    kind        what',
    ...byOffset.map(bufferLine),
    '',
    'call     taken',
    ...plan.schedule.calls.map((_, time) => callLine(graph, plan, time)),
    '',
  ].join('\n');
}
