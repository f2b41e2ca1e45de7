import { type Graph, type TensorId, tensorOf } from '#libs/model/ir';
import { aligned, type BufferKind } from './plan';
import type { Schedule } from './schedule';
import { scratchBytes } from './scratch';
import { type Storage, storageOf } from './storage';
import { opAt } from './uses';

/** Bytes [low, high) from an item's base are taken during the calls first..last. */
export interface Span {
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
}

/** Something to be placed. Whole buffers have one span; a buffer that is filled and freed row by row has several. */
export interface Item {
  readonly name: string;
  readonly kind: BufferKind;
  readonly tensors: readonly TensorId[];
  readonly bytes: number;
  readonly spans: readonly Span[];
}

function itemOf(graph: Graph, kind: BufferKind, storage: Storage): Item {
  const { first, last, bytes, tensors } = storage;
  const name = tensors.map((id) => tensorOf(graph, id).name).join(' = ');
  return { name, kind, tensors, bytes, spans: [{ first, last, low: 0, high: aligned(bytes) }] };
}

function scratchItems(graph: Graph, schedule: Schedule): readonly Item[] {
  return schedule.calls.flatMap((_, time) => {
    const op = opAt(graph, schedule, time);
    const bytes = scratchBytes(op, graph);
    if (bytes === 0) return [];
    return {
      name: `${op.name}.scratch`,
      kind: 'scratch',
      tensors: [],
      bytes,
      spans: [{ first: time, last: time, low: 0, high: aligned(bytes) }],
    };
  });
}

/** All that a schedule needs in the arena; the others are activations, then scratch. */
export function itemsOf(
  graph: Graph,
  schedule: Schedule,
): { readonly variables: readonly Item[]; readonly others: readonly Item[] } {
  const { variables, others } = storageOf(graph, schedule);
  return {
    variables: variables.map((storage) => itemOf(graph, 'variable', storage)),
    others: [
      ...others.map((storage) => itemOf(graph, 'activation', storage)),
      ...scratchItems(graph, schedule),
    ],
  };
}

/** The largest sum of bytes taken at one time, and when. */
export function largestLiveSet(
  items: readonly Item[],
  times: number,
): { readonly bytes: number; readonly time: number } {
  const taken = Array.from({ length: Math.max(1, times) }, () => 0);
  for (const { spans } of items) {
    for (const { first, last, low, high } of spans) {
      for (let time = first; time <= last; time++) taken[time] = (taken[time] ?? 0) + high - low;
    }
  }
  const bytes = Math.max(...taken);
  return { bytes, time: taken.indexOf(bytes) };
}
