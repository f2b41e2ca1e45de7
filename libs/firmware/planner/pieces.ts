/**
 * All segments that a network could be cut into, and what each costs: every stretch of consecutive operators that could run row by
 * row (row-flow), every chain (channel-chains), every operator by itself.
 *
 * The number of calls that are walked is bounded: in large networks segments are only so many operators long. What was walked once
 * is known for all graphs that have the same stretch (known-stretches).
 */
import { at, invariant } from '#libs/base/result';
import type { TensorId } from '#libs/model/ir';
import { chainOf, chainsIn, channelCalls } from './channel-chains';
import { firstOf, type Item, itemsOf, lastOf, liveBytes } from './items';
import { type KnownStretches, stretchKeys, type Walked } from './known-stretches';
import { flowOf } from './row-flow';
import type { RowNetwork } from './row-network';
import { rowCalls, type Stretch, wholeReads } from './row-calls';
import { rowScratchBytes } from './scratch';
import { type Call, isRead, type Segment } from './schedule';
import { allStowages, withStowages } from './stowage';
import { operandsOf } from './uses';

/** A possible segment. */
export interface Piece extends Stretch {
  readonly unit: Segment['unit'];
  /** What its most expensive call needs at least, all else that is alive then included. */
  readonly bytes: number;
  readonly calls: number;
}

/** Bounds the search for segments. */
const MOST_CALLS_WALKED = 700_000;

export function callsOf(network: RowNetwork, stretch: Stretch, unit: Segment['unit']): readonly Call[] {
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
function bytesAround(network: RowNetwork, { from, to }: Stretch, touched: ReadonlySet<number>): number {
  return network.cells.reduce((sum, cell, number) => {
    const first = cell.isRead ? Math.min(...cell.readers) : cell.writer;
    if (first >= from || touched.has(number)) return sum;
    const isNeededLater = cell.isOutput || cell.readers.some((position) => position >= to);
    return isNeededLater ? sum + cell.bytes : sum;
  }, 0);
}

/** Row by row, without what lives through the stretch untouched. */
function walked(network: RowNetwork, stretch: Stretch): Walked {
  const { graph, rules } = network;
  const calls = rowCalls(network, stretch);
  const flow = flowOf(network, stretch, calls);
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
  return { bytes, calls: calls.length };
}

/** What a list of pieces may leave out, and what helps to make it. */
export interface PieceRequest {
  /** Stretches of other graphs. */
  readonly known?: KnownStretches | undefined;
  /** Operators that need no more than this when they run whole may as well: only stretches with others are listed. Default: all are. */
  readonly aboveBytes?: number | undefined;
}

type IsWanted = (stretch: Stretch) => boolean;

/** @param whole one piece an operator */
function wantedStretches(whole: readonly Piece[], aboveBytes = -1): IsWanted {
  const next = whole.map(() => whole.length);
  for (let position = whole.length - 1; position >= 0; position--)
    next[position] = at(whole, position).bytes > aboveBytes ? position : (next[position + 1] ?? whole.length);
  return ({ from, to }) => at(next, from) < to;
}

/** Every stretch that could run row by row, and is wanted. */
function rowPieces(
  network: RowNetwork,
  known: KnownStretches | undefined,
  isWanted: IsWanted,
): readonly Piece[] {
  const most = longest(network);
  const keys = known && stretchKeys(network);
  const touches = cellsTouched(network);
  return network.order.flatMap((_, from) => {
    const pieces: Piece[] = [];
    const touched = new Set<number>();
    let place = known?.begin();
    const end = Math.min(network.order.length, from + most);
    for (let to = from + 1; to <= end && network.rules[at(network.order, to - 1)]; to++) {
      for (const cell of at(touches, to - 1)) touched.add(cell);
      const key = keys?.[to - 1];
      place = key === undefined ? undefined : place?.next(key);
      const stretch = { from, to };
      if (!isWanted(stretch)) continue;
      const own = place ? (place.walked ??= walked(network, stretch)) : walked(network, stretch);
      const bytes = own.bytes + bytesAround(network, stretch, touched);
      pieces.push({ ...stretch, unit: 'row', bytes, calls: own.calls });
    }
    return pieces;
  });
}

/** By position, the cells that an operator reads or writes row by row. */
const cellsTouched = (network: RowNetwork): readonly (readonly number[])[] =>
  network.order.map((op) => {
    const rule = network.rules[op];
    if (!rule) return [];
    const { reads, output, mask } = rule;
    const tensors: readonly (TensorId | undefined)[] = [...reads.map(({ tensor }) => tensor), output, mask];
    return tensors.flatMap((id) => (id === undefined ? [] : (network.cellOf.get(id) ?? [])));
  });

/** The network with every operator whole: what is alive during each call. */
function wholeCalls(network: RowNetwork): {
  readonly items: readonly Item[];
  readonly pieces: readonly Piece[];
} {
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
  return { items: others.items, pieces };
}

/**
 * What its most expensive call needs where all before and after it runs whole: which is no matter, whole gradients come and go. Of these
 * operators only those are looked at that share tensors with the stretch; all else is there or not, as it is when everything runs whole.
 * @param whole items of the network with every operator whole, one call a position
 */
function channelPiece(network: RowNetwork, stretch: Stretch, whole: readonly Item[]): Piece {
  const { graph, order, inputsInArena } = network;
  const own = callsOf(network, stretch, 'channel');
  const ops = order.slice(stretch.from, stretch.to);
  const touched = new Set(
    ops.flatMap((op) =>
      operandsOf(graph, { op }).flatMap((id) => [
        id,
        ...(network.cells[network.cellOf.get(id) ?? -1]?.tensors ?? []),
      ]),
    ),
  );
  const shares = (op: number): boolean => operandsOf(graph, { op }).some((id) => touched.has(id));
  const before = order.slice(0, stretch.from).filter(shares);
  const after = order.slice(stretch.to).filter(shares);
  const calls = [...before.map((op) => ({ op })), ...own, ...after.map((op) => ({ op }))];
  const segments: readonly Segment[] = [
    { ops: before, unit: 'layer' },
    { ops, unit: 'channel' },
    { ops: after, unit: 'layer' },
  ];
  const execution = { graph, schedule: { calls, segments }, inputsInArena };
  const { others } = itemsOf(execution);
  const isTouched = ({ kind, tensors }: Item): boolean =>
    kind === 'scratch' || tensors.some((id) => touched.has(id));
  const around = whole.flatMap((item): readonly Item[] => {
    const isThere = firstOf(item) < stretch.from && lastOf(item) >= stretch.to - 1;
    const span = item.spans.find(({ first, last }) => first <= stretch.from && stretch.from <= last);
    if (!isThere || !span || isTouched(item)) return [];
    return [{ ...item, spans: [{ ...span, first: 0, last: calls.length - 1 }] }];
  });
  const items = [...others.items.map((item) => (isTouched(item) ? item : { ...item, spans: [] })), ...around];
  const all = { ...others, items };
  const least = withStowages(execution.schedule, all, allStowages(execution, all));
  const live = liveBytes(least, calls.length).slice(before.length, before.length + own.length);
  return { ...stretch, unit: 'channel', bytes: Math.max(...live), calls: own.length };
}

/** How many operators a segment may have, so that not too many calls are walked in all. */
function longest(network: RowNetwork): number {
  const calls = network.order.map((op) => network.rules[op]?.calls);
  // Calls of the stretch of the length at hand that begins at each operator; none where one of them runs whole.
  let stretches: readonly (number | undefined)[] = calls.map(() => 0);
  let inAll = 0;
  for (let length = 1; length <= calls.length; length++) {
    stretches = stretches.slice(0, calls.length - length + 1).map((sum, from) => {
      const added = calls[from + length - 1];
      return sum === undefined || added === undefined ? undefined : sum + added;
    });
    inAll = stretches.reduce<number>((sum, each) => sum + (each ?? 0), inAll);
    if (inAll > MOST_CALLS_WALKED) return length;
  }
  return calls.length;
}

/** All possible segments, by where they end. */
export function piecesOf(
  network: RowNetwork,
  { known, aboveBytes }: PieceRequest = {},
): readonly (readonly Piece[])[] {
  const pieces: Piece[][] = network.order.map(() => []);
  const whole = wholeCalls(network);
  const isWanted = wantedStretches(whole.pieces, aboveBytes);
  for (const piece of whole.pieces) pieces[piece.to - 1]?.push(piece);
  for (const piece of rowPieces(network, known, isWanted)) {
    // By itself, an operator mostly does better whole: then its output overlaps its operand byte by byte.
    const [alone] = pieces[piece.to - 1] ?? [];
    if (piece.to > piece.from + 1 || !alone || piece.bytes < alone.bytes) pieces[piece.to - 1]?.push(piece);
  }
  for (const chain of chainsIn(network.graph, network.order).filter(isWanted)) {
    pieces[chain.to - 1]?.push(channelPiece(network, chain, whole.items));
  }
  return pieces;
}
