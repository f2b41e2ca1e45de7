import type { TensorId } from '#libs/model/ir';
import type { Schedule } from './schedule';

/** Every buffer begins at a multiple of this: kernels read int32 sums and may read int8 maps a word at a time. */
export const ALIGNMENT = 4;

export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

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

/** Where everything lies, at every time. Plain data: it is stored, shown and compared. */
export interface Plan {
  readonly graph: string;
  readonly schedule: Schedule;
  /** Variables, then activations by first use, then scratch. */
  readonly buffers: readonly PlannedBuffer[];
  /** Bytes of the arena. */
  readonly peakBytes: number;
  /** What any placement needs: the largest sum of buffers that are alive together. */
  readonly lowerBoundBytes: number;
  /** How the placement was found. */
  readonly strategy: string;
}

/** The buffer that holds a tensor; undefined for what is not in the arena. */
export const bufferOf = (plan: Plan, id: TensorId): PlannedBuffer | undefined =>
  plan.buffers.find((buffer) => buffer.tensors.includes(id));

/** The scratch buffer of the call at `time`, if the kernel borrows one. */
export const scratchOf = (plan: Plan, time: number): PlannedBuffer | undefined =>
  plan.buffers.find((buffer) => buffer.kind === 'scratch' && buffer.first === time);
