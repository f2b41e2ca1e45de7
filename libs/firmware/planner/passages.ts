/**
 * What the arena holds while chains run a few channels at a time: buffers of a few planes for the gradients that pass through,
 * and the sums of running input gradients where their outputs will lie.
 */
import { at } from '#libs/base/result';
import { EXPONENT_BYTES, exponentsBehind, type Graph, type TensorId, tensorOf } from '#libs/model/ir';
import { type Chain, chainOf } from './channel-chains';
import { CHANNELS_TOGETHER, channelRuleOf, isRunning, sumBytes } from './channel-rules';
import type { Item, Sharing, Span } from './items';
import { extentOf, gradientOf } from './kernels';
import { unionBytes } from './overlap';
import { planesReach } from './planes-reach';
import { callsOfSegments, isRead, type Schedule } from './schedule';
import type { Storage } from './storage';
import { operandsOf } from './uses';

/** A chain in a schedule; times of its calls: [start, end). */
export interface Passage {
  readonly chain: Chain;
  readonly start: number;
  readonly end: number;
}

export function passagesOf(graph: Graph, schedule: Schedule): readonly Passage[] {
  const callsOf = callsOfSegments(schedule);
  let start = 0;
  return schedule.segments.flatMap(({ ops, unit }, index): readonly Passage[] => {
    const from = start;
    start += at(callsOf, index).length;
    const chain = unit === 'channel' ? chainOf(graph, ops) : undefined;
    return chain ? [{ chain, start: from, end: start }] : [];
  });
}

/** How many planes a buffer of passing channels has, and their bytes with an exponent each. */
export interface Planes {
  readonly planes: number;
  readonly bytes: number;
}

export function planesOf(graph: Graph, id: TensorId): Planes {
  const tensor = tensorOf(graph, id);
  const [channels = 0, pixels = 0] = tensor.shape;
  const planes = Math.min(CHANNELS_TOGETHER, channels);
  return { planes, bytes: exponentsBehind(tensor, planes * pixels) + EXPONENT_BYTES * planes };
}

/** From the first call to the last that touches the tensors, each time some channels pass. */
function turns(
  graph: Graph,
  schedule: Schedule,
  { start, end }: Passage,
  tensors: readonly TensorId[],
): readonly { readonly first: number; readonly last: number }[] {
  const found = new Map<number, { first: number; last: number }>();
  for (let time = start; time < end; time++) {
    const call = at(schedule.calls, time);
    if (isRead(call) || !call.channels || !operandsOf(graph, call).some((id) => tensors.includes(id)))
      continue;
    const turn = found.get(call.channels.from);
    if (turn) turn.last = time;
    else found.set(call.channels.from, { first: time, last: time });
  }
  return [...found.values()];
}

/** Storage that exists a few channels at a time; undefined for what is whole. */
export function passingSpans(
  graph: Graph,
  schedule: Schedule,
  passages: readonly Passage[],
  { tensors }: Storage,
): (Planes & { readonly spans: readonly Span[] }) | undefined {
  const passage = passages.find(({ chain }) => tensors.every((id) => chain.passing.has(id)));
  if (!passage) return undefined;
  const planes = planesOf(graph, at(tensors, 0));
  const spans = turns(graph, schedule, passage, tensors).map((turn) => ({
    ...turn,
    low: 0,
    high: planes.bytes,
  }));
  return { ...planes, spans };
}

/** Calls during which sums lie where the tensors' storage begins, and how many bytes they take. */
export function sumSpan(graph: Graph, { calls }: Schedule, tensors: readonly TensorId[]): Span | undefined {
  const index = graph.ops.findIndex((op) => isRunning(op) && 'output' in op && tensors.includes(op.output));
  const op = graph.ops[index];
  if (op?.kind !== 'inputGradient') return undefined;
  const isOwn = (call: (typeof calls)[number]): boolean => !isRead(call) && call.op === index;
  const [first, last] = [calls.findIndex(isOwn), calls.findLastIndex(isOwn)];
  return { first, last, low: 0, high: sumBytes(graph, op.output) };
}

/** Spans of a whole buffer, more of it taken while it holds sums. */
export function withSums(spans: readonly Span[], sums: Span | undefined): readonly Span[] {
  if (!sums) return spans;
  return spans.flatMap((span) => {
    const [first, last] = [Math.max(span.first, sums.first), Math.min(span.last, sums.last)];
    if (first > last) return [span];
    const parts = [
      { ...span, last: first - 1 },
      { ...span, first, last, high: Math.max(span.high, sums.high) },
      { ...span, first: last + 1 },
    ];
    return parts.filter((part) => part.first <= part.last);
  });
}

/** Depthwise input gradients give channels where those that they take lie: which items, and what each such call needs less. */
export function passingSharings(
  graph: Graph,
  { calls }: Schedule,
  items: readonly Item[],
): { readonly sharings: readonly Sharing[]; readonly savings: ReadonlyMap<number, number> } {
  const homes = new Map(
    items.flatMap(({ tensors, planes }, position) =>
      planes === undefined ? [] : tensors.map((id) => [id, position] as const),
    ),
  );
  const sharings = new Map<string, Sharing>();
  const savings = new Map<number, number>();
  calls.forEach((call, time) => {
    const op = isRead(call) || !call.channels ? undefined : at(graph.ops, call.op);
    if (op?.kind !== 'inputGradient' || channelRuleOf(op, graph)?.reads.length !== 1) return;
    const [operand, output] = [homes.get(op.gradient), homes.get(op.output)];
    if (operand === undefined || output === undefined || operand === output) return;
    const [from, to] = [at(items, operand), at(items, output)];
    const isPassed =
      from.spans.some(({ last }) => last === time) && to.spans.some(({ first }) => first === time);
    const reach = planesReach(
      { type: gradientOf(graph, op.gradient).type, channels: from.planes ?? 0 },
      extentOf(graph, op.gradient, 1),
      extentOf(graph, op.output, 1),
    );
    if (!isPassed || !reach) return;
    sharings.set(`${operand} ${output}`, { operand, output, ...reach });
    savings.set(time, from.bytes + to.bytes - unionBytes(from.bytes, to.bytes, reach));
  });
  return { sharings: [...sharings.values()], savings };
}
