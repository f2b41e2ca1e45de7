/**
 * Where a network is cut into segments: those that run row by row, or a few channels at a time, the operators between them whole.
 *
 * 1. Every stretch of consecutive operators that could run row by row is tried (row-flow), every chain (channel-chains), and
 *    every operator by itself: how many bytes its most expensive call needs, and how many calls it takes.
 * 2. A partition costs what its most expensive segment costs. The cheapest is found from the front, one operator further each
 *    time; so are, below any limit, the one with the fewest calls and the one whose segments cost least together.
 * 3. The best bound is not always the best to place, so several partitions a little above it are proposed.
 *
 * The number of calls that are walked is bounded: in large networks segments are only so many operators long.
 */
import { at, invariant } from '#libs/base/result';
import { chainOf, chainsIn, channelCalls } from './channel-chains';
import { itemsOf, liveBytes } from './items';
import { flowOf } from './row-flow';
import { type RowNetwork } from './row-network';
import { rowCalls, type Stretch, wholeReads } from './row-calls';
import { rowScratchBytes } from './scratch';
import { type Call, isRead, type Schedule, type Segment } from './schedule';
import { allStowages, withStowages } from './stowage';

/** A possible segment. */
export interface Piece extends Stretch {
  readonly unit: Segment['unit'];
  /** What its most expensive call needs at least, all else that is alive then included. */
  readonly bytes: number;
  readonly calls: number;
}

export type Partition = readonly Piece[];

/** Bounds the search for segments. */
const MOST_CALLS_WALKED = 700_000;

function callsOf(network: RowNetwork, stretch: Stretch, unit: Segment['unit']): readonly Call[] {
  if (unit === 'row') return rowCalls(network, stretch);
  const ops = network.order.slice(stretch.from, stretch.to);
  if (unit === 'channel') {
    const chain = chainOf(network.graph, ops);
    invariant(chain, 'operators that run channel by channel are a chain');
    return channelCalls(network.graph, chain);
  }
  return ops.flatMap((op, i): readonly Call[] => {
    const own = { from: stretch.from + i, to: stretch.from + i + 1 };
    return [...wholeReads(network, own, unit), { op }];
  });
}

/** Cells that live through a segment without being touched there. */
function bytesAround(
  network: RowNetwork,
  { from, to }: Stretch,
  touched: ReadonlyMap<number, unknown>,
): number {
  return network.cells.reduce((sum, cell, number) => {
    const first = cell.isRead ? Math.min(...cell.readers) : cell.writer;
    const isNeededLater = cell.isOutput || cell.readers.some((position) => position >= to);
    return first < from && isNeededLater && !touched.has(number) ? sum + cell.bytes : sum;
  }, 0);
}

function rowPiece(network: RowNetwork, stretch: Stretch): Piece {
  const { graph, rules } = network;
  const calls = rowCalls(network, stretch);
  const flow = flowOf(network, stretch, calls);
  const around = bytesAround(network, stretch, flow.steps);
  const borrowed = new Map(
    network.order.slice(stretch.from, stretch.to).map((op) => {
      const reduces = at(rules, op)?.reduces ?? false;
      return [
        op,
        { reduces, bytes: rowScratchBytes(at(graph.ops, op), graph, reduces, network.kernels) },
      ] as const;
    }),
  );
  let [bytes, sums] = [0, 0];
  calls.forEach((call, time) => {
    const { reduces = false, bytes: own = 0 } = isRead(call) ? {} : (borrowed.get(call.op) ?? {});
    const isFirst = !isRead(call) && call.rows?.from === 0;
    const isLast = !isRead(call) && call.rows?.to === rules[call.op]?.calls;
    if (reduces && isFirst) sums += own;
    bytes = Math.max(bytes, at(flow.taken, time) + sums + (reduces ? 0 : own));
    if (reduces && isLast) sums -= own;
  });
  return { ...stretch, unit: 'row', bytes: bytes + around, calls: calls.length };
}

/** One for every operator. */
function layerPieces(network: RowNetwork): readonly Piece[] {
  const whole = { from: 0, to: network.order.length };
  const calls = callsOf(network, whole, 'layer');
  const schedule = { calls, segments: [{ ops: network.order, unit: 'layer' as const }] };
  const { others } = itemsOf({ graph: network.graph, schedule, inputsInArena: network.inputsInArena });
  const live = liveBytes(others, calls.length);
  const pieces: Piece[] = [];
  let [bytes, count] = [0, 0];
  calls.forEach((call, time) => {
    bytes = Math.max(bytes, at(live, time));
    count++;
    if (isRead(call)) return;
    pieces.push({ from: pieces.length, to: pieces.length + 1, unit: 'layer', bytes, calls: count });
    [bytes, count] = [0, 0];
  });
  return pieces;
}

/** What its most expensive call needs where all before and after it runs whole: which is no matter, whole gradients come and go. */
function channelPiece(network: RowNetwork, stretch: Stretch): Piece {
  const { graph, order, inputsInArena } = network;
  const own = callsOf(network, stretch, 'channel');
  const [before, after] = [order.slice(0, stretch.from), order.slice(stretch.to)];
  const calls = [...before.map((op) => ({ op })), ...own, ...after.map((op) => ({ op }))];
  const segments: readonly Segment[] = [
    { ops: before, unit: 'layer' },
    { ops: order.slice(stretch.from, stretch.to), unit: 'channel' },
    { ops: after, unit: 'layer' },
  ];
  const execution = { graph, schedule: { calls, segments }, inputsInArena };
  const { others } = itemsOf(execution);
  const stowages = allStowages(execution, others);
  const least = withStowages(execution.schedule, others, stowages);
  const live = liveBytes(least, calls.length).slice(stretch.from, stretch.from + own.length);
  return { ...stretch, unit: 'channel', bytes: Math.max(...live), calls: own.length };
}

/** How many operators a segment may have, so that not too many calls are walked in all. */
function longest(network: RowNetwork): number {
  const calls = network.order.map((op) => network.rules[op]?.calls);
  // Calls of the stretch of the length at hand that begins at each operator; none where one of them runs whole.
  let stretches: readonly (number | undefined)[] = calls.map(() => 0);
  let walked = 0;
  for (let length = 1; length <= calls.length; length++) {
    stretches = stretches.slice(0, calls.length - length + 1).map((sum, from) => {
      const added = calls[from + length - 1];
      return sum === undefined || added === undefined ? undefined : sum + added;
    });
    walked = stretches.reduce<number>((sum, each) => sum + (each ?? 0), walked);
    if (walked > MOST_CALLS_WALKED) return length;
  }
  return calls.length;
}

/** All possible segments, by where they end. */
export function piecesOf(network: RowNetwork): readonly (readonly Piece[])[] {
  const pieces: Piece[][] = network.order.map(() => []);
  for (const piece of layerPieces(network)) pieces[piece.to - 1]?.push(piece);
  const most = longest(network);
  network.order.forEach((_, from) => {
    const end = Math.min(network.order.length, from + most);
    for (let to = from + 1; to <= end; to++) {
      if (!network.rules[at(network.order, to - 1)]) break;
      const piece = rowPiece(network, { from, to });
      // By itself, an operator mostly does better whole: then its output overlaps its operand byte by byte.
      const [whole] = pieces[to - 1] ?? [];
      if (to > from + 1 || !whole || piece.bytes < whole.bytes) pieces[to - 1]?.push(piece);
    }
  });
  for (const chain of chainsIn(network.graph, network.order)) {
    pieces[chain.to - 1]?.push(channelPiece(network, chain));
  }
  return pieces;
}

/** What a partition is chosen for, as numbers of which the first that differs decides. */
type Aim = (before: readonly number[], piece: Piece) => readonly number[];

const LEAST_BYTES: Aim = ([bytes = 0, calls = 0], piece) => [
  Math.max(bytes, piece.bytes),
  calls + piece.calls,
];
const FEWEST_CALLS: Aim = ([calls = 0, bytes = 0], piece) => [
  calls + piece.calls,
  Math.max(bytes, piece.bytes),
];
const LEAST_TOGETHER: Aim = ([sum = 0], piece) => [sum + piece.bytes * (piece.to - piece.from)];
const LEAST_SQUARES: Aim = ([sum = 0], piece) => [sum + piece.bytes ** 2 * (piece.to - piece.from)];
const MOST_CUTS: Aim = ([sum = 0, bytes = 0], piece) => [sum - 1, Math.max(bytes, piece.bytes)];

const isLess = (a: readonly number[], b: readonly number[]): boolean => {
  const differs = a.findIndex((value, i) => value !== b[i]);
  return differs >= 0 && at(a, differs) < (b[differs] ?? 0);
};

interface Way {
  readonly score: readonly number[];
  readonly piece: Piece | undefined;
  readonly before: Way | undefined;
}

/** The best partition of segments that cost no more than `limit`. */
function bestPartition(
  pieces: readonly (readonly Piece[])[],
  aim: Aim,
  limit = Infinity,
): Partition | undefined {
  const ways: (Way | undefined)[] = [{ score: [], piece: undefined, before: undefined }];
  for (const ending of pieces) {
    let best: Way | undefined;
    for (const piece of ending) {
      const before = ways[piece.from];
      if (!before || piece.bytes > limit) continue;
      const score = aim(before.score, piece);
      if (!best || isLess(score, best.score)) best = { score, piece, before };
    }
    ways.push(best);
  }
  const partition: Piece[] = [];
  for (let way = ways.at(-1); way?.piece; way = way.before) partition.push(way.piece);
  return ways.at(-1) ? partition.toReversed() : undefined;
}

export const bytesOf = (partition: Partition): number => Math.max(0, ...partition.map(({ bytes }) => bytes));
export const callCountOf = (partition: Partition): number =>
  partition.reduce((sum, { calls }) => sum + calls, 0);

const MARKS: Record<Segment['unit'], string> = { layer: '', row: '-', channel: '~' };

const keyOf = (partition: Partition): string =>
  partition.map(({ to, unit }) => `${MARKS[unit]}${to}`).join(' ');

/** Without repetitions, and without those that do not exist. */
export const distinct = (partitions: readonly (Partition | undefined)[]): readonly Partition[] => [
  ...new Map(partitions.flatMap((each) => (each ? [[keyOf(each), each] as const] : []))).values(),
];

/** How far above the best bound a partition is still worth a try, and how many limits up to there are. */
const MARGIN = 1.05;
const MOST_LIMITS = 16;

/** Costs of segments up to `most`, ascending from `least`: the limits that make a difference. */
const limitsOf = (pieces: readonly (readonly Piece[])[], least: number, most: number): readonly number[] =>
  [...new Set(pieces.flat().map(({ bytes }) => bytes))]
    .filter((bytes) => least <= bytes && bytes <= most)
    .sort((a, b) => a - b)
    .slice(0, MOST_LIMITS);

/** Partitions that may take least memory, the lowest bound first. */
export function smallPartitions(pieces: readonly (readonly Piece[])[]): readonly Partition[] {
  const least = bytesOf(bestPartition(pieces, LEAST_BYTES) ?? []);
  const limits = limitsOf(pieces, least, least * MARGIN);
  const found = limits.flatMap((limit) =>
    [FEWEST_CALLS, LEAST_TOGETHER, LEAST_SQUARES, MOST_CUTS].map((aim) => bestPartition(pieces, aim, limit)),
  );
  return [...distinct(found)].sort((a, b) => bytesOf(a) - bytesOf(b) || callCountOf(a) - callCountOf(b));
}

/** Every operator by itself. */
export const wholePartition = (pieces: readonly (readonly Piece[])[]): Partition =>
  pieces.flatMap((ending) => ending.filter(({ unit }) => unit === 'layer'));

/** Partitions whose bound is within a budget: the fewest calls first, then those with a lower bound; at most `count`. */
export function quickPartitions(
  pieces: readonly (readonly Piece[])[],
  budgetBytes: number,
  count: number,
): readonly Partition[] {
  const partitions: Partition[] = [];
  let limit = budgetBytes;
  while (partitions.length < count) {
    const partition = bestPartition(pieces, FEWEST_CALLS, limit);
    if (!partition) break;
    partitions.push(partition);
    limit = bytesOf(partition) - 1;
  }
  return partitions;
}

/** The calls of a partition, in order; neighbours that run whole are one segment. */
export function scheduleOf(network: RowNetwork, partition: Partition): Schedule {
  const segments: { ops: number[]; unit: Segment['unit'] }[] = [];
  for (const { from, to, unit } of partition) {
    const ops = network.order.slice(from, to);
    const last = segments.at(-1);
    if (unit === 'layer' && last?.unit === 'layer') last.ops.push(...ops);
    else segments.push({ ops: [...ops], unit });
  }
  return { calls: partition.flatMap((piece) => callsOf(network, piece, piece.unit)), segments };
}
