import { type Graph, ruleOf } from '#libs/model/ir';
import type { Plan, PlannedBuffer } from './plan';
import { opAt } from './uses';

const right = (value: number, width: number): string => String(value).padStart(width);

/** Bytes taken during one call. */
const takenAt = (plan: Plan, time: number): number =>
  plan.buffers.reduce((sum, { first, last, bytes }) => sum + (first <= time && time <= last ? bytes : 0), 0);

function bufferLine(buffer: PlannedBuffer): string {
  const { offset, bytes, first, last, kind, name } = buffer;
  return `${right(offset, 8)} ${right(bytes, 8)}  ${right(first, 3)}..${String(last).padEnd(3)}  ${kind.padEnd(10)}  ${name}`;
}

const BAR = 40;

function callLine(graph: Graph, plan: Plan, time: number): string {
  const op = opAt(graph, plan.schedule, time);
  const taken = takenAt(plan, time);
  const bar = '#'.repeat(Math.round((BAR * taken) / plan.peakBytes)).padEnd(BAR);
  return `${right(time, 4)}  ${right(taken, 8)}  ${bar}  ${op.name} ${op.kind}${ruleOf(op).inPlace?.(op) ? ' (in place)' : ''}`;
}

/** A plan as text: every buffer by offset, then the bytes taken call by call. */
export function renderPlan(graph: Graph, plan: Plan): string {
  const byOffset = [...plan.buffers].sort((a, b) => a.offset - b.offset || a.first - b.first);
  return [
    `plan of ${plan.graph}: ${plan.peakBytes} bytes (bound ${plan.lowerBoundBytes}, by ${plan.strategy})`,
    '  offset    bytes   calls    kind        what',
    ...byOffset.map(bufferLine),
    '',
    'call     taken',
    ...plan.schedule.calls.map((_, time) => callLine(graph, plan, time)),
    '',
  ].join('\n');
}
