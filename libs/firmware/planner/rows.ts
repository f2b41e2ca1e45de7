import { type Graph, tensorBytes, type TensorId, tensorOf } from '#libs/model/ir';

/** A tensor as rows: bytes [y * rowBytes, (y + 1) * rowBytes) are row y. What is no single map is one row. */
export interface RowLayout {
  readonly height: number;
  readonly rowBytes: number;
}

const BYTES: ReadonlySet<string> = new Set(['int8', 'uint8']);

/** [1,H,W,C] of bytes: something that can be computed and kept row by row. */
export function isMap(graph: Graph, id: TensorId): boolean {
  const { shape, type } = tensorOf(graph, id);
  return shape.length === 4 && shape[0] === 1 && BYTES.has(type);
}

export function rowLayoutOf(graph: Graph, id: TensorId): RowLayout {
  const bytes = tensorBytes(tensorOf(graph, id));
  const height = isMap(graph, id) ? (tensorOf(graph, id).shape[1] ?? 1) : 1;
  return { height, rowBytes: bytes / height };
}
