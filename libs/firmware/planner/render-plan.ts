import { type Graph, type Op, ruleOf, tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';
import { bufferOf, type Plan, type PlannedBuffer, type Proof } from './plan';
import { type Call, callsOfSegments, isRead, type OpCall, type Schedule, type Segment } from './schedule';
import { opOf } from './uses';

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
  return `${right(offset, 8)} ${right(bytes, 8)}  ${right(first, 3)}..${String(last).padEnd(3)}  ${kind.padEnd(10)}  ${name}${ringText(buffer)}`;
}

function ringText({ ring, planes }: PlannedBuffer): string {
  if (planes !== undefined) return ` (${planes} channels at a time)`;
  if (!ring) return '';
  const where = ring.slot ? 'in rows that die in the ring' : 'ring';
  return ` (${where} of ${ring.rows} rows of ${ring.rowBytes})`;
}

const UNITS: Record<Segment['unit'], string> = { layer: 'whole', row: 'rows ', channel: 'channels' };

/** What runs whole, row by row or by channels, and how many calls that takes. */
function segmentLines(graph: Graph, schedule: Schedule): readonly string[] {
  const { segments } = schedule;
  if (segments.every(({ unit }) => unit === 'layer')) return [];
  const callsOf = callsOfSegments(schedule);
  const lines = segments.map(({ ops, unit }, index) => {
    const count = callsOf[index]?.length ?? 0;
    const names = ops.map((op) => graph.ops[op]?.name).join(', ');
    return `${right(count, 6)}  ${UNITS[unit]} ${names}`;
  });
  return ['', ' calls  segment', ...lines];
}

/** What lies in sums for a while. */
const stowageLines = (graph: Graph, { stowages = [] }: Plan): readonly string[] =>
  stowages.map(({ op, tensor, bytes }) => {
    const { name } = opOf(graph, { op });
    return `${right(bytes, 8)} bytes of ${tensorOf(graph, tensor).name} lie in the sums of ${name} while these are made`;
  });

/** What the call's output lies over, as words. */
function overlapText(graph: Graph, plan: Plan, op: Op): string {
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

/** Which part of its operator a call is; undefined for all of it. */
function partText({ rows, channels, stage }: OpCall): string | undefined {
  if (rows) return ` row ${rows.from}`;
  if (channels) return ` channels ${channels.from}..${channels.to - 1}`;
  return stage && ` sums ${stage}`;
}

function callText(graph: Graph, plan: Plan, call: Call): string {
  if (isRead(call))
    return `rows ${call.rows.from}..${call.rows.to - 1} of ${tensorOf(graph, call.tensor).name} are read`;
  const op = opOf(graph, call);
  return `${op.name} ${op.kind}${partText(call) ?? overlapText(graph, plan, op)}`;
}

function callLine(graph: Graph, plan: Plan, call: Call, time: number): string {
  const taken = takenAt(plan, time);
  const bar = '#'.repeat(Math.round((BAR * taken) / plan.peakBytes)).padEnd(BAR);
  return `${right(time, 4)}  ${right(taken, 8)}  ${bar}  ${callText(graph, plan, call)}`;
}

/** A plan as text: every buffer by offset, the segments if some run by rows or channels, then call by call the bytes taken and what the output lies over. */
export function renderPlan(graph: Graph, plan: Plan): string {
  const byOffset = [...plan.buffers].sort((a, b) => a.offset - b.offset || a.first - b.first);
  const { peakBytes, lowerBoundBytes, proof, scratchBytes, strategy } = plan;
  const ratio = (peakBytes / Math.max(1, lowerBoundBytes)).toFixed(3);
  return [
    `plan of ${plan.graph}: ${peakBytes} bytes (bound ${lowerBoundBytes}, ratio ${ratio}, by ${strategy})`,
    `${PROOFS[proof]}; largest scratch ${scratchBytes} bytes; inputs ${plan.inputsInArena ? 'in the arena' : 'outside'}`,
    '  offset    bytes   calls    kind        what',
    ...byOffset.map(bufferLine),
    ...stowageLines(graph, plan),
    ...segmentLines(graph, plan.schedule),
    '',
    'call     taken',
    ...plan.schedule.calls.map((call, time) => callLine(graph, plan, call, time)),
    '',
  ].join('\n');
}
