import { type Graph, type ResizeNearest, tensorOf } from '#libs/model/ir';

/** Where an output row or column comes from. */
export interface ResizeIndices {
  /** Input row of every output row. */
  readonly rows: Int32Array;
  /** Input column of every output column. */
  readonly columns: Int32Array;
}

const { fround, floor, max, min, round } = Math;

/** GetNearestNeighbor for every output position along one dimension, in float32 as there. */
function sources(op: ResizeNearest, input: number, output: number): Int32Array {
  const { alignCorners, halfPixelCenters } = op;
  const scale = alignCorners && output > 1 ? fround((input - 1) / (output - 1)) : fround(input / output);
  const offset = halfPixelCenters ? 0.5 : 0;
  return Int32Array.from({ length: output }, (_, position) => {
    const exact = fround(fround(position + offset) * scale);
    return max(0, min(alignCorners ? round(exact) : floor(exact), input - 1));
  });
}

/** The rows and columns that a RESIZE_NEAREST_NEIGHBOR copies. */
export function resizeNearestIndices(graph: Graph, op: ResizeNearest): ResizeIndices {
  const [, inputHeight = 0, inputWidth = 0] = tensorOf(graph, op.input).shape;
  const [, height = 0, width = 0] = tensorOf(graph, op.output).shape;
  return { rows: sources(op, inputHeight, height), columns: sources(op, inputWidth, width) };
}
