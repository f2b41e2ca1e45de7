import { type Graph, type TensorId, tensorOf } from '#libs/model/ir';
import { overlapsOf, type Reach, unionBytes } from './overlap';
import { aligned, ALIGNMENT, type BufferKind } from './plan';
import { scratchBytes } from './scratch';
import { type Storage, storageOf } from './storage';
import { type Execution, opAt } from './uses';

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
  /** What its base must be a multiple of. */
  readonly alignment: number;
  readonly spans: readonly Span[];
}

/** Items that may share bytes although they are alive together: an output and an operand that dies in the call at `time`. */
export interface Sharing extends Reach {
  readonly operand: number;
  readonly output: number;
  readonly time: number;
}

/** What is to be placed: items, and which of them may overlap; positions in `items` stand for them. */
export interface Items {
  readonly items: readonly Item[];
  readonly sharings: readonly Sharing[];
}

const BYTES: ReadonlySet<string> = new Set(['int8', 'uint8', 'bool', 'mask']);

function alignmentOf(graph: Graph, tensors: readonly TensorId[]): number {
  return tensors.every((id) => BYTES.has(tensorOf(graph, id).type)) ? 1 : ALIGNMENT;
}

function itemOf(graph: Graph, kind: BufferKind, storage: Storage): Item {
  const { first, last, bytes, tensors } = storage;
  const name = tensors.map((id) => tensorOf(graph, id).name).join(' = ');
  const alignment = kind === 'variable' ? ALIGNMENT : alignmentOf(graph, tensors);
  return { name, kind, tensors, bytes, alignment, spans: [{ first, last, low: 0, high: bytes }] };
}

function scratchItems({ graph, schedule }: Execution): readonly Item[] {
  return schedule.calls.flatMap((_, time) => {
    const op = opAt(graph, schedule, time);
    const bytes = scratchBytes(op, graph);
    if (bytes === 0) return [];
    return {
      name: `${op.name}.scratch`,
      kind: 'scratch',
      tensors: [],
      bytes,
      alignment: ALIGNMENT,
      spans: [{ first: time, last: time, low: 0, high: bytes }],
    };
  });
}

/** Which activations may overlap, call by call: the operand's last call is the output's first. The caller reads outputs after all. */
function sharingsOf({ graph, schedule }: Execution, items: readonly Item[]): readonly Sharing[] {
  const positions = new Map(
    items.flatMap(({ tensors }, position) => tensors.map((id) => [id, position] as const)),
  );
  const sharings = new Map<string, Sharing>();
  schedule.calls.forEach((_, time) => {
    for (const { operand, output, ...reach } of overlapsOf(opAt(graph, schedule, time), graph)) {
      const [from, to] = [positions.get(operand), positions.get(output)];
      if (from === undefined || to === undefined || from === to) continue;
      if (graph.outputs.some((id) => positions.get(id) === from)) continue;
      if (lastOf(items[from] as Item) !== time || firstOf(items[to] as Item) !== time) continue;
      sharings.set(`${from} ${to}`, { ...reach, operand: from, output: to, time });
    }
  });
  return [...sharings.values()];
}

export const firstOf = (item: Item): number => Math.min(...item.spans.map(({ first }) => first));
export const lastOf = (item: Item): number => Math.max(...item.spans.map(({ last }) => last));

/** All that an execution needs in the arena. Variables lie at its bottom; the others are activations, then scratch. */
export function itemsOf(execution: Execution): {
  readonly variables: readonly Item[];
  readonly others: Items;
} {
  const { variables, others } = storageOf(execution);
  const items = [
    ...others.map((storage) => itemOf(execution.graph, 'activation', storage)),
    ...scratchItems(execution),
  ];
  return {
    variables: variables.map((storage) => itemOf(execution.graph, 'variable', storage)),
    others: { items, sharings: sharingsOf(execution, items) },
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

/** The most bytes that one call needs above `floor`, in whole words, and which call that is. */
export function largestLiveSet(
  { items, sharings }: Items,
  times: number,
  floor = 0,
): { readonly bytes: number; readonly time: number } {
  const taken = Array.from({ length: Math.max(1, times) }, () => floor);
  const add = (time: number, bytes: number): void => void (taken[time] = (taken[time] ?? 0) + bytes);
  for (const { spans } of items) {
    for (const { first, last, low, high } of spans) {
      for (let time = first; time <= last; time++) add(time, high - low);
    }
  }
  for (const [output, group] of Map.groupBy(sharings, (sharing) => sharing.output)) {
    const { bytes } = items[output] as Item;
    const operands = group.map((sharing) => ({ ...sharing, bytes: (items[sharing.operand] as Item).bytes }));
    const apart = operands.reduce((sum, operand) => sum + operand.bytes, bytes);
    add((group[0] as Sharing).time, bytesTogether(bytes, operands) - apart);
  }
  const most = Math.max(...taken);
  return { bytes: aligned(most), time: taken.indexOf(most) };
}
