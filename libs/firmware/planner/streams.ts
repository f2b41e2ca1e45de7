/**
 * The row segments of a schedule, as lifetimes over all of its calls: staircases of the maps that come in and go out, rings
 * of those that stay inside, and the bytes that an output may take over from an operand row by row.
 *
 * An element by element operator may write a row exactly over the operand's row that dies in the call, or below. So in its
 * calls the output must end where the operand's remaining rows begin; in all other calls the two are apart.
 */
import { at } from '#libs/base/result';
import { tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';
import { type Flow, flowOf, type RingExtent } from './row-flow';
import type { RowNetwork } from './row-network';
import type { Item, Sharing, Slot, Span } from './items';
import { callsOfSegments, isRead, type Schedule } from './schedule';
import type { Storage } from './storage';

/** A segment of a schedule and, if it runs row by row, what the arena holds meanwhile. */
export interface Stream {
  readonly network: RowNetwork;
  readonly ops: ReadonlySet<number>;
  readonly flow?: Flow;
  /** Times of its calls: [start, end). */
  readonly start: number;
  readonly end: number;
  /** The operator of every call; undefined for reads. */
  readonly opAt: readonly (number | undefined)[];
}

export function streamsOf(network: RowNetwork, schedule: Schedule): readonly Stream[] {
  const callsOf = callsOfSegments(schedule);
  let [start, from] = [0, 0];
  return schedule.segments.map(({ ops, unit }, index): Stream => {
    const calls = at(callsOf, index);
    const stretch = { from, to: from + ops.length };
    const opAt = calls.map((call) => (isRead(call) ? undefined : call.op));
    const stream = { network, ops: new Set(ops), start, end: start + calls.length, opAt };
    [start, from] = [stream.end, stretch.to];
    return unit === 'row' ? { ...stream, flow: flowOf(network, stretch, calls) } : stream;
  });
}

/** How an activation is kept: whole, as a ring, or in the bytes of another. */
export type Home =
  | { readonly is: 'lodger' }
  | { readonly is: 'whole'; readonly guests: readonly TensorId[] }
  | {
      readonly is: 'ring';
      readonly ring: RingExtent;
      readonly guests: readonly TensorId[];
      readonly slots: readonly Slot[];
    };

/** Undefined for what is whole and has no guests. */
export function homeOf(tensors: readonly TensorId[], streams: readonly Stream[]): Home | undefined {
  for (const { flow, network, start } of streams) {
    const cell = network.cellOf.get(tensors[0] as TensorId);
    if (!flow || cell === undefined) continue;
    if (flow.lodgings.has(cell)) return { is: 'lodger' };
    const guests: TensorId[] = [];
    const slots: Slot[] = [];
    for (const [guest, lodging] of flow.lodgings) {
      const tensor = network.cells[guest]?.tensors[0];
      if (tensor === undefined || !tensors.includes(lodging.host)) continue;
      if (lodging.how === 'slot') slots.push({ tensor, step: lodging.step, shift: lodging.shift });
      else guests.push(tensor);
    }
    const ring = flow.rings.get(cell);
    if (ring) {
      const life = { first: start + ring.first, last: start + ring.last };
      return { is: 'ring', ring: { ...ring, ...life }, guests, slots };
    }
    if (guests.length > 0) return { is: 'whole', guests };
  }
  return undefined;
}

function pushed(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  const continues = last?.last === span.first - 1 && last.low === span.low && last.high === span.high;
  if (continues) spans[spans.length - 1] = { ...last, last: span.last };
  else if (span.low < span.high && span.first <= span.last) spans.push(span);
}

/** When which bytes are alive: all between first and last use, but for the segments that fill or free them row by row. */
export function spansOf(
  { tensors, first, last, bytes }: Storage,
  streams: readonly Stream[],
): readonly Span[] {
  if (streams.length === 0) return [{ first, last, low: 0, high: bytes }];
  const spans: Span[] = [];
  for (const { network, flow, start, end } of streams) {
    const steps = flow?.steps.get(network.cellOf.get(tensors[0] as TensorId) ?? -1);
    if (!steps) {
      const span = { first: Math.max(first, start), last: Math.min(last, end - 1), low: 0, high: bytes };
      if (span.first <= span.last) pushed(spans, span);
      continue;
    }
    steps.forEach((step, i) => {
      const next = steps[i + 1]?.first ?? end - start;
      pushed(spans, { first: start + step.first, last: start + next - 1, low: step.low, high: step.high });
    });
  }
  return spans;
}

const spanAt = ({ spans }: Item, time: number): Span | undefined =>
  spans.find(({ first, last }) => first <= time && time <= last);

interface Passing {
  /** output.base - operand.base at most. */
  readonly atMost: number;
  /** Bytes of the operand that die, and of the output that are born, in the same call; by time. */
  readonly calls: ReadonlyMap<number, { readonly dying: number; readonly born: number }>;
}

/** How an operand makes way for an output, over all times at which both are alive. */
function passing(operand: Item, output: Item, isOwnCall: (time: number) => boolean): Passing {
  const calls = new Map<number, { dying: number; born: number }>();
  let atMost = Infinity;
  const first = Math.max(operand.spans[0]?.first ?? 0, output.spans[0]?.first ?? 0);
  const last = Math.min(operand.spans.at(-1)?.last ?? -1, output.spans.at(-1)?.last ?? -1);
  for (let time = first; time <= last; time++) {
    const [from, to] = [spanAt(operand, time), spanAt(output, time)];
    if (!from || !to) continue;
    const after = isOwnCall(time) ? (spanAt(operand, time + 1)?.low ?? from.high) : from.low;
    atMost = Math.min(atMost, after - to.high);
    const born = to.high - (spanAt(output, time - 1)?.high ?? 0);
    if (after > from.low && born > 0) calls.set(time, { dying: after - from.low, born });
  }
  return { atMost, calls };
}

interface Pair extends Passing {
  readonly operand: number;
  readonly output: number;
}

/** Element by element operators of row segments whose operand and output both live longer than the segment. */
function pairsOf(items: readonly Item[], streams: readonly Stream[]): readonly Pair[] {
  const home = (id: TensorId): number => items.findIndex((item) => !item.ring && item.tensors.includes(id));
  return streams.flatMap(({ network, flow, ops, start, opAt }) =>
    [...(flow ? ops : [])].flatMap((op) => {
      const rule = network.rules[op];
      if (!rule?.elementwise) return [];
      const isOwnCall = (time: number): boolean => opAt[time - start] === op;
      const bytes = (id: TensorId): number => tensorBytes(tensorOf(network.graph, id));
      const output = home(rule.output);
      return rule.reads.flatMap(({ tensor }) => {
        const operand = home(tensor);
        if (operand < 0 || output < 0 || operand === output || bytes(tensor) !== bytes(rule.output))
          return [];
        if (network.graph.outputs.some((id) => items[operand]?.tensors.includes(id))) return [];
        const pass = passing(items[operand] as Item, items[output] as Item, isOwnCall);
        return pass.atMost === Infinity ? [] : [{ operand, output, ...pass }];
      });
    }),
  );
}

/** Which items may overlap row by row, and how many bytes calls need less because of it. */
export function passingsOf(
  items: readonly Item[],
  streams: readonly Stream[],
): { readonly sharings: readonly Sharing[]; readonly savings: ReadonlyMap<number, number> } {
  const pairs = pairsOf(items, streams);
  const savings = new Map<number, number>();
  for (const pair of pairs) {
    for (const [time, { dying, born }] of pair.calls) {
      savings.set(time, Math.min(born, dying + (savings.get(time) ?? 0)));
    }
  }
  const sharings = pairs.map(({ operand, output, atMost }) => ({ operand, output, atMost, multipleOf: 1 }));
  return { sharings, savings };
}
