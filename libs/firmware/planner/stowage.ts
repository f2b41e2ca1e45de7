/**
 * Bytes that nobody reads while the sums of a running input gradient are made, kept in bits that these sums do not need.
 *
 * A sum is an int32, but N4 bounds it: the highest bits of all sums of a small layer only repeat the sign. What is added to them
 * once stays there, whatever is added to the sums (modulo 2^32). So the first bytes of a mask or a saved input are stowed there
 * when the sums begin, and come back to where they were before the sums are finished. In between their place is free.
 *
 * That costs a pass over the sums at either end; so it is done where the calls in between need more than all others.
 */
import { at } from '#libs/base/result';
import type { Graph, InputGradient, TensorId } from '#libs/model/ir';
import { sumBits } from '#libs/model/quant';
import { type Item, type Items, liveBytes, type Span } from './items';
import { elementsOf } from './kernels';
import type { Stowage } from './plan';
import { isRead, type Schedule } from './schedule';
import { type Execution, operandsOf } from './uses';

const WORD_BITS = 32;
/** A byte takes the spare bits of whole sums. */
const WIDTHS = [8, 4, 2, 1];

/** How many bits of each sum can hold something else. */
export const spareBits = (graph: Graph, op: InputGradient): number =>
  WIDTHS.find((width) => width <= WORD_BITS - sumBits(graph, op)) ?? 0;

const capacityOf = (graph: Graph, op: InputGradient): number =>
  Math.floor((elementsOf(graph, op.output) * spareBits(graph, op)) / 8);

/** Calls between which an operator keeps sums. */
interface Summing {
  readonly op: number;
  readonly begin: number;
  readonly finish: number;
}

function summingsOf({ calls }: Schedule): readonly Summing[] {
  const isStage = (call: Schedule['calls'][number], op: number, stage: string): boolean =>
    !isRead(call) && call.op === op && call.stage === stage;
  return calls.flatMap((call, begin) => {
    if (isRead(call) || call.stage !== 'begin') return [];
    const finish = calls.findIndex((other) => isStage(other, call.op, 'finish'));
    return { op: call.op, begin, finish };
  });
}

/** Is it there, whole and untouched, from the call that begins the sums to the one that finishes them? */
function isIdle(item: Item, { begin, finish }: Summing, touched: ReadonlySet<TensorId>): boolean {
  const isWhole = ({ first, last, low, high }: Span): boolean =>
    first <= begin && finish <= last && low === 0 && high === item.bytes;
  const isPlain = item.kind === 'activation' && item.alignment === 1 && !item.ring && !item.planes;
  return isPlain && item.spans.some(isWhole) && !item.tensors.some((id) => touched.has(id));
}

/** Without the bytes that are elsewhere between two calls. */
function withoutBytes(spans: readonly Span[], { begin, finish }: Summing, bytes: number): readonly Span[] {
  return spans.flatMap((span) => {
    const [first, last] = [Math.max(span.first, begin + 1), Math.min(span.last, finish - 1)];
    if (first > last) return [span];
    const parts = [
      { ...span, last: first - 1 },
      { ...span, first, last, low: Math.max(span.low, bytes) },
      { ...span, first: last + 1 },
    ];
    return parts.filter((part) => part.first <= part.last && part.low < part.high);
  });
}

/** Items while some of their bytes are stowed. */
export function withStowages(schedule: Schedule, items: Items, stowages: readonly Stowage[]): Items {
  if (stowages.length === 0) return items;
  const summings = summingsOf(schedule);
  const away = stowages.flatMap((stowage) =>
    summings.flatMap((summing) => (summing.op === stowage.op ? { ...stowage, summing } : [])),
  );
  const spansOf = ({ spans, tensors }: Item): readonly Span[] =>
    away
      .filter(({ tensor }) => tensors.includes(tensor))
      .reduce((left, { summing, bytes }) => withoutBytes(left, summing, bytes), spans);
  return { ...items, items: items.items.map((item) => ({ ...item, spans: spansOf(item) })) };
}

/** The largest first: fewer passes over the sums. */
function stowed(
  graph: Graph,
  { calls }: Schedule,
  items: readonly Item[],
  summing: Summing,
): readonly Stowage[] {
  const op = at(graph.ops, summing.op);
  if (op.kind !== 'inputGradient') return [];
  const own = calls.slice(summing.begin, summing.finish + 1);
  const touched = new Set(own.flatMap((call) => operandsOf(graph, call)));
  const idle = items
    .filter(
      (item) => isIdle(item, summing, touched) && !item.tensors.some((id) => graph.outputs.includes(id)),
    )
    .sort((a, b) => b.bytes - a.bytes);
  let left = capacityOf(graph, op);
  return idle.flatMap((item) => {
    const bytes = Math.min(left, item.bytes);
    left -= bytes;
    return bytes > 0 ? { op: summing.op, tensor: at(item.tensors, 0), bytes } : [];
  });
}

/** What can be stowed. */
export const allStowages = ({ graph, schedule }: Execution, { items }: Items): readonly Stowage[] =>
  summingsOf(schedule).flatMap((summing) => stowed(graph, schedule, items, summing));

/** What is stowed where calls between the beginning and the end of sums need more than all others. */
export function stowagesOf({ graph, schedule }: Execution, items: Items): readonly Stowage[] {
  const summings = summingsOf(schedule);
  if (summings.length === 0) return [];
  const live = liveBytes(items, schedule.calls.length);
  return worthStowing(summings, live).flatMap((summing) => stowed(graph, schedule, items.items, summing));
}

function worthStowing(summings: readonly Summing[], live: readonly number[]): readonly Summing[] {
  const isBetween = (time: number): boolean =>
    summings.some(({ begin, finish }) => begin < time && time < finish);
  const elsewhere = live.reduce((most, bytes, time) => (isBetween(time) ? most : Math.max(most, bytes)), 0);
  return summings.filter(({ begin, finish }) => Math.max(...live.slice(begin + 1, finish)) > elsewhere);
}

/** Where the bytes of a stowage begin among those that an operator's sums hold. */
export const stowedBefore = (stowages: readonly Stowage[], stowage: Stowage): number =>
  stowages
    .slice(0, stowages.indexOf(stowage))
    .reduce((sum, { op, bytes }) => (op === stowage.op ? sum + bytes : sum), 0);
