import type { TensorId } from '#libs/model/ir';
import type { Schedule } from './schedule';

/** Arenas are whole words, and what holds int16 or int32 begins at a word; int8 maps begin there where it costs nothing. */
export const ALIGNMENT = 4;

export const aligned = (bytes: number, alignment = ALIGNMENT): number =>
  Math.ceil(bytes / alignment) * alignment;

export type BufferKind = 'variable' | 'activation' | 'scratch';

/** A piece of the arena and the calls during which it is taken. */
export interface PlannedBuffer {
  readonly name: string;
  readonly kind: BufferKind;
  /** What lies there: tensors that share storage, one after the other; none for scratch. */
  readonly tensors: readonly TensorId[];
  readonly offset: number;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
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
  /** Are the graph's inputs among the buffers? Otherwise they are read where they lie, outside. */
  readonly inputsInArena: boolean;
  /** Bytes of the arena. */
  readonly peakBytes: number;
  /** What any placement needs: the most that one call needs, outputs over dying operands as far as its kernel allows. */
  readonly lowerBoundBytes: number;
  readonly proof: Proof;
  /** The largest scratch of one call (part of the arena). */
  readonly scratchBytes: number;
  /** How the placement was found. */
  readonly strategy: string;
}

/** The buffer that holds a tensor; undefined for what is not in the arena. */
export const bufferOf = (plan: Plan, id: TensorId): PlannedBuffer | undefined =>
  plan.buffers.find((buffer) => buffer.tensors.includes(id));

/** The scratch buffer of the call at `time`, if the kernel borrows one. */
export const scratchOf = (plan: Plan, time: number): PlannedBuffer | undefined =>
  plan.buffers.find((buffer) => buffer.kind === 'scratch' && buffer.first === time);
