/**
 * Where a network is cut into segments: those that run row by row, or a few channels at a time, the operators between them whole.
 *
 * 1. Every stretch of consecutive operators that could run row by row is tried, every chain, and every operator by itself: how
 *    many bytes its most expensive call needs, and how many calls it takes (pieces.ts).
 * 2. A partition costs what its most expensive segment costs. The cheapest is found from the front, one operator further each
 *    time; so are, below any limit, the one with the fewest calls and the one whose segments cost least together.
 * 3. The best bound is not always the best to place, so several partitions a little above it are proposed.
 */
import { at } from '#libs/base/result';
import { callsOf, type Piece } from './pieces';
import type { RowNetwork } from './row-network';
import type { Schedule, Segment } from './schedule';

export type Partition = readonly Piece[];

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
