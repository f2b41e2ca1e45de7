import { type Graph, perTensor, type TensorId, tensorOf } from '#libs/model/ir';

const BYTE_TYPES: ReadonlySet<string> = new Set(['int8', 'uint8']);

/** The kernels compute with int8. */
export function int8Fault(graph: Graph, ids: readonly TensorId[]): string | undefined {
  const other = ids.map((id) => tensorOf(graph, id)).find(({ type }) => type !== 'int8');
  return other && `takes ${other.name} as ${other.type}; the kernel takes int8`;
}

/** Kernels that only move elements take bytes of either sign. */
export function byteFault(graph: Graph, ids: readonly TensorId[]): string | undefined {
  const other = ids.map((id) => tensorOf(graph, id)).find(({ type }) => !BYTE_TYPES.has(type));
  return other && `moves ${other.name}, ${other.type}; the kernel moves bytes`;
}

/** For operators that do not requantise. */
export function scaleFault(graph: Graph, input: TensorId, output: TensorId): string | undefined {
  const [from, to] = [perTensor(tensorOf(graph, input)), perTensor(tensorOf(graph, output))];
  return from.scale === to.scale && from.zeroPoint === to.zeroPoint
    ? undefined
    : 'changes scale or zero point';
}

const LARGEST_SHIFT = 31;

/** Left shifts over 31 bits mean nothing in int32 arithmetic, neither here nor in TensorFlow Lite Micro. */
export const shiftFault = (shifts: ArrayLike<number>): string | undefined =>
  Array.from(shifts).some((shift) => shift > LARGEST_SHIFT)
    ? 'makes numbers more than 2^31 times larger; its scales are wrong'
    : undefined;
