import type { TensorId } from '#libs/model/ir';
import { isRead, type Schedule } from './schedule';
import type { KernelSet } from './scratch';

/** Arenas are whole words, and what holds int16 or int32 begins at a word; int8 maps begin there where it costs nothing. */
export const ALIGNMENT = 4;

export const aligned = (bytes: number, alignment = ALIGNMENT): number =>
  Math.ceil(bytes / alignment) * alignment;

export type BufferKind = 'variable' | 'activation' | 'scratch';

/**
 * A map of which only some rows are kept: row y lies at offset + (y mod rows) * rowBytes. Where the map lies in rows of another
 * one's ring (`slot`), at offset + ((y * step + shift) mod rows) * rowBytes, and only one row of it at a time.
 */
export interface Ring {
  readonly rows: number;
  readonly rowBytes: number;
  readonly slot?: { readonly step: number; readonly shift: number };
}

/** A piece of the arena and the calls during which it is taken. */
export interface PlannedBuffer {
  readonly name: string;
  readonly kind: BufferKind;
  /** What lies there: tensors that share storage, one after the other; none for scratch. */
  readonly tensors: readonly TensorId[];
  readonly offset: number;
  /** The most that is ever taken: of the output of a running input gradient, its sums. */
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
  /** Of all `tensors`; absent where the buffer holds them whole. */
  readonly ring?: Ring;
  /** Where it holds only some channels of gradients: how many. Channel c lies where channel c mod `planes` would. */
  readonly planes?: number;
  /** Whose scratch it is: taken during the calls of that operator between `first` and `last`. */
  readonly op?: number;
}

/**
 * The first `bytes` of a tensor, which lie in spare bits of the sums of operator `op` from the call that begins these sums to the
 * one that finishes them: behind those of the stowages of the same operator before it. Their place is free meanwhile.
 */
export interface Stowage {
  readonly op: number;
  readonly tensor: TensorId;
  readonly bytes: number;
}

/**
 * Why nobody can do better with this schedule and these kernels: the plan is at the lower bound; or all placements with
 * fewer bytes were searched and none is sound; or, perhaps, somebody can.
 */
export type Proof = 'bound' | 'search' | 'none';

/** Where everything lies, at every time. Plain data: it is stored, shown and compared. */
export interface Plan {
  readonly graph: string;
  /** Not always in graph order. */
  readonly schedule: Schedule;
  /** Variables, then activations by first use, then scratch. An output may lie over operands that die in its call. */
  readonly buffers: readonly PlannedBuffer[];
  /** Absent: nothing is stowed. */
  readonly stowages?: readonly Stowage[];
  /** Are the graph's inputs among the buffers? Otherwise they are read where they lie, outside. */
  readonly inputsInArena: boolean;
  /** Bytes of the arena. */
  readonly peakBytes: number;
  /** What any placement needs: the most that one call needs, outputs over dying operands as far as its kernel allows. */
  readonly lowerBoundBytes: number;
  readonly proof: Proof;
  /** Whose scratch has its place. */
  readonly kernels: KernelSet;
  /** The largest scratch of one call (part of the arena). */
  readonly scratchBytes: number;
  /** How the placement was found. */
  readonly strategy: string;
}

/** The buffer that holds a tensor; undefined for what is not in the arena. */
export const bufferOf = (plan: Plan, id: TensorId): PlannedBuffer | undefined =>
  plan.buffers.find((buffer) => buffer.tensors.includes(id));

/** The scratch buffer of the call at `time`, if the kernel borrows one. */
export function scratchOf(plan: Plan, time: number): PlannedBuffer | undefined {
  const call = plan.schedule.calls[time];
  if (!call || isRead(call)) return undefined;
  return plan.buffers.find(
    ({ kind, op, first, last }) => kind === 'scratch' && op === call.op && first <= time && time <= last,
  );
}

/** Where row `y` of a tensor begins that lies in `buffer` and has rows of `rowBytes`. */
export function rowOffset(buffer: PlannedBuffer, y: number, rowBytes: number): number {
  const { offset, ring } = buffer;
  if (!ring) return offset + y * rowBytes;
  const { step, shift } = ring.slot ?? { step: 1, shift: 0 };
  const row = (y * step + shift) % ring.rows;
  return offset + (row < 0 ? row + ring.rows : row) * ring.rowBytes;
}
