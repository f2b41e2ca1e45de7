import { at } from '#libs/base/result';
import { type Graph, type TensorId, tensorOf } from '#libs/model/ir';
import { overlapsOf, type Reach, unionBytes } from './overlap';
import { aligned, ALIGNMENT, type BufferKind } from './plan';
import { networkOfSchedule } from './row-network';
import { type Passage, passagesOf, passingSharings, passingSpans, sumSpan, withSums } from './passages';
import { isRead, type OpCall, type Schedule } from './schedule';
import { channelScratchBytes, rowScratchBytes, scratchBytes } from './scratch';
import { type Storage, storageOf } from './storage';
import { homeOf, passingsOf, spansOf, type Stream, streamsOf } from './streams';
import { type Execution, opAt, opOf } from './uses';

/** Bytes [low, high) from an item's base are taken during the calls first..last. */
export interface Span {
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
}

/** A map whose rows lie in rows of another's ring: row y in row (y * step + shift) mod its rows. */
export interface Slot {
  readonly tensor: TensorId;
  readonly step: number;
  readonly shift: number;
}

/** Something to be placed. Whole buffers have one span; a buffer that is filled and freed row by row has several. */
export interface Item {
  readonly name: string;
  readonly kind: BufferKind;
  readonly tensors: readonly TensorId[];
  readonly bytes: number;
  /** What its base must be a multiple of. */
  readonly alignment: number;
  /** By ascending time, at most one at a time. */
  readonly spans: readonly Span[];
  /** Where it holds only some rows of a map, and which other maps lie in rows that it does not need. */
  readonly ring?: { readonly rows: number; readonly rowBytes: number };
  readonly slots?: readonly Slot[];
  /** Where it holds only some channels of gradients: how many. */
  readonly planes?: number;
  /** Whose scratch it is. */
  readonly op?: number;
}

/** Items that may share bytes although they are alive together: an output and an operand that dies in the call at `time`. */
export interface Sharing extends Reach {
  readonly operand: number;
  readonly output: number;
  /** Undefined where the operand dies row by row, in many calls. */
  readonly time?: number;
}

/** What is to be placed: items, and which of them may overlap; positions in `items` stand for them. */
export interface Items {
  readonly items: readonly Item[];
  readonly sharings: readonly Sharing[];
  /** Bytes that calls by rows or channels need less, because their output may overlap what dies; by time. */
  readonly savings?: ReadonlyMap<number, number>;
}

const BYTES: ReadonlySet<string> = new Set(['int8', 'uint8', 'bool', 'mask']);

function alignmentOf(graph: Graph, tensors: readonly TensorId[]): number {
  return tensors.every((id) => BYTES.has(tensorOf(graph, id).type)) ? 1 : ALIGNMENT;
}

function itemOf(graph: Graph, kind: BufferKind, storage: Storage): Item {
  const { first, last, bytes, tensors } = storage;
  const alignment = kind === 'variable' ? ALIGNMENT : alignmentOf(graph, tensors);
  const spans = [{ first, last, low: 0, high: bytes }];
  return { name: nameOf(graph, tensors), kind, tensors, bytes, alignment, spans };
}

const nameOf = (graph: Graph, tensors: readonly TensorId[]): string =>
  tensors.map((id) => tensorOf(graph, id).name).join(' = ');

/** An activation as the streams of the schedule leave it; undefined where it lodges with another. */
function activationItem(
  { graph, schedule }: Execution,
  storage: Storage,
  streams: readonly Stream[],
  passages: readonly Passage[],
): Item | undefined {
  const item = itemOf(graph, 'activation', storage);
  const passing = passingSpans(graph, schedule, passages, storage);
  if (passing) return { ...item, ...passing };
  const sums = sumSpan(graph, schedule, storage.tensors);
  if (sums) {
    const bytes = Math.max(item.bytes, sums.high);
    return { ...item, bytes, spans: withSums(spansOf(storage, streams), sums) };
  }
  const home = homeOf(storage.tensors, streams);
  if (!home) return { ...item, spans: spansOf(storage, streams) };
  if (home.is === 'lodger') return undefined;
  const tensors = [...storage.tensors, ...home.guests];
  const named = { ...item, name: nameOf(graph, tensors), tensors };
  if (home.is === 'whole') return { ...named, spans: spansOf(storage, streams) };
  const { rows, rowBytes, first, last } = home.ring;
  const bytes = rows * rowBytes;
  const ring = { rows, rowBytes };
  return { ...named, bytes, ring, slots: home.slots, spans: [{ first, last, low: 0, high: bytes }] };
}

interface TimedCall {
  readonly time: number;
  readonly call: OpCall;
}

/** The calls of every operator that borrow one piece of scratch: all, but what ends its sums has one of its own. */
function borrowers({ calls }: Schedule): readonly (readonly TimedCall[])[] {
  const groups = new Map<string, TimedCall[]>();
  calls.forEach((call, time) => {
    if (isRead(call)) return;
    const key = `${call.op} ${call.stage === 'finish' ? call.stage : ''}`;
    const group = groups.get(key);
    if (group) group.push({ time, call });
    else groups.set(key, [{ time, call }]);
  });
  return [...groups.values()];
}

/** Sums that are kept between calls are alive between them too. */
function scratchItems({ graph, schedule, kernels }: Execution, streams: readonly Stream[]): readonly Item[] {
  return borrowers(schedule).flatMap((calls) => {
    const index = at(calls, 0).call.op;
    const op = opOf(graph, { op: index });
    const rule = streams.find(({ ops }) => ops.has(index))?.network.rules[index];
    const reduces = rule?.reduces ?? false;
    const bytesOf = (call: OpCall): number => {
      if (call.channels || call.stage) return channelScratchBytes(op, graph, call, kernels);
      return rule ? rowScratchBytes(op, graph, reduces, kernels) : scratchBytes(op, graph, kernels);
    };
    const spansOfCalls = calls.map(({ time, call }) => ({
      first: time,
      last: time,
      low: 0,
      high: bytesOf(call),
    }));
    const bytes = Math.max(...spansOfCalls.map(({ high }) => high));
    if (bytes === 0) return [];
    const [first, last] = [spansOfCalls[0]?.first ?? 0, spansOfCalls.at(-1)?.last ?? 0];
    const spans = reduces
      ? [{ first, last, low: 0, high: bytes }]
      : spansOfCalls.filter(({ high }) => high > 0);
    return {
      name: `${op.name}.scratch`,
      kind: 'scratch',
      tensors: [],
      bytes,
      alignment: ALIGNMENT,
      spans,
      op: index,
    };
  });
}

/** Which activations may overlap, call by call: the operand's last call is the output's first. The caller reads outputs after all. */
function sharingsOf({ graph, schedule, kernels }: Execution, items: readonly Item[]): readonly Sharing[] {
  const positions = new Map(
    items.flatMap(({ tensors }, position) => tensors.map((id) => [id, position] as const)),
  );
  const sharings = new Map<string, Sharing>();
  schedule.calls.forEach((call, time) => {
    const op = isRead(call) || call.rows || call.channels ? undefined : opAt(graph, schedule, time);
    for (const { operand, output, ...reach } of op ? overlapsOf(op, graph, kernels) : []) {
      const [from, to] = [positions.get(operand), positions.get(output)];
      if (from === undefined || to === undefined || from === to) continue;
      if (graph.outputs.some((id) => positions.get(id) === from)) continue;
      if (lastOf(items[from] as Item) !== time || firstOf(items[to] as Item) !== time) continue;
      sharings.set(`${from} ${to}`, { ...reach, operand: from, output: to, time });
    }
  });
  return [...sharings.values()];
}

export const firstOf = ({ spans }: Item): number => spans[0]?.first ?? 0;
export const lastOf = ({ spans }: Item): number => spans.at(-1)?.last ?? 0;

function streamsOfExecution({ graph, schedule, inputsInArena }: Execution): readonly Stream[] {
  if (schedule.segments.every(({ unit }) => unit !== 'row')) return [];
  return streamsOf(networkOfSchedule(graph, schedule, inputsInArena), schedule);
}

/** All that an execution needs in the arena. Variables lie at its bottom; the others are activations, then scratch. */
export function itemsOf(execution: Execution): {
  readonly variables: readonly Item[];
  readonly others: Items;
} {
  const { graph } = execution;
  const { variables, others } = storageOf(execution);
  const streams = streamsOfExecution(execution);
  const passages = passagesOf(graph, execution.schedule);
  const items = [
    ...others.flatMap((storage) => activationItem(execution, storage, streams, passages) ?? []),
    ...scratchItems(execution, streams),
  ];
  const byRows = passingsOf(items, streams);
  const byChannels = passingSharings(graph, execution.schedule, items);
  return {
    variables: variables.map((storage) => itemOf(graph, 'variable', storage)),
    others: {
      items,
      sharings: [...sharingsOf(execution, items), ...byRows.sharings, ...byChannels.sharings],
      savings: new Map([...byRows.savings, ...byChannels.savings]),
    },
  };
}

/** What an output and the operands that it may overlap need at least: the operands beside each other, or one under the output. */
export const bytesTogether = (
  output: number,
  operands: readonly (Reach & { readonly bytes: number })[],
): number =>
  Math.max(
    output,
    operands.reduce((sum, { bytes }) => sum + bytes, 0),
    ...operands.map((operand) => unionBytes(operand.bytes, output, operand)),
  );

/** The bytes that each call needs above `floor`. */
export function liveBytes({ items, sharings, savings }: Items, times: number, floor = 0): readonly number[] {
  const taken = Array.from({ length: Math.max(1, times) }, () => floor);
  const add = (time: number, bytes: number): void => void (taken[time] = (taken[time] ?? 0) + bytes);
  for (const { spans } of items) {
    for (const { first, last, low, high } of spans) {
      for (let time = first; time <= last; time++) add(time, high - low);
    }
  }
  const inOneCall = sharings.filter(({ time }) => time !== undefined);
  for (const [output, group] of Map.groupBy(inOneCall, (sharing) => sharing.output)) {
    const { bytes } = items[output] as Item;
    const operands = group.map((sharing) => ({ ...sharing, bytes: (items[sharing.operand] as Item).bytes }));
    const apart = operands.reduce((sum, operand) => sum + operand.bytes, bytes);
    add(group[0]?.time ?? 0, bytesTogether(bytes, operands) - apart);
  }
  for (const [time, bytes] of savings ?? []) add(time, -bytes);
  return taken;
}

/** The most bytes that one call needs above `floor`, in whole words, and which call that is. */
export function largestLiveSet(
  items: Items,
  times: number,
  floor = 0,
): { readonly bytes: number; readonly time: number } {
  const taken = liveBytes(items, times, floor);
  const most = Math.max(...taken);
  return { bytes: aligned(most), time: taken.indexOf(most) };
}
