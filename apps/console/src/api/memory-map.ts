/** A piece of the arena and the kernel calls during which it is taken (libs/firmware/planner: PlannedBuffer). */
export interface PlannedBuffer {
  readonly name: string;
  readonly kind: BufferKind;
  readonly offset: number;
  readonly bytes: number;
  /** First and last kernel call. */
  readonly first: number;
  readonly last: number;
}

export type BufferKind = 'variable' | 'activation' | 'scratch';

/** Where everything lies in a device's arena, at every kernel call. */
export interface MemoryMap {
  readonly graph: string;
  readonly strategy: string;
  /** Bytes of the arena. */
  readonly peakBytes: number;
  /** What any placement needs. */
  readonly lowerBoundBytes: number;
  readonly calls: number;
  readonly buffers: readonly PlannedBuffer[];
}

const KINDS: readonly string[] = ['variable', 'activation', 'scratch'] satisfies BufferKind[];

type Fields = Readonly<Record<string, unknown>>;

/** The stored plan, which may be of an older or newer server; undefined if it is none. */
export function readMemoryMap(value: unknown): MemoryMap | undefined {
  if (!isObject(value)) return undefined;
  const plan = isObject(value['plan']) ? value['plan'] : value;
  const { buffers, peakBytes, lowerBoundBytes } = plan;
  if (!Array.isArray(buffers) || typeof peakBytes !== 'number' || !buffers.every(isBuffer)) return undefined;
  return {
    graph: textOr(plan['graph'], ''),
    strategy: textOr(plan['strategy'], ''),
    peakBytes,
    lowerBoundBytes: typeof lowerBoundBytes === 'number' ? lowerBoundBytes : peakBytes,
    calls: 1 + Math.max(0, ...buffers.map(({ last }) => last)),
    buffers,
  };
}

function isBuffer(value: unknown): value is PlannedBuffer {
  if (!isObject(value)) return false;
  const { name, kind, offset, bytes, first, last } = value;
  return (
    typeof name === 'string' &&
    typeof kind === 'string' &&
    KINDS.includes(kind) &&
    [offset, bytes, first, last].every((each) => typeof each === 'number' && each >= 0)
  );
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
